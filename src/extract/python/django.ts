import type { PyCall } from '../../model/entry.js';
import type { Known, Setting } from '../../model/setting.js';
import type { Span } from '../../text/source.js';
import { findInClass } from './attribute.js';
import { readVariable } from './environment.js';
import { importModule } from './load.js';
import type { CallEvent, Machine } from './machine.js';
import { resolveModule } from './modules.js';
import type { Observed } from './observe.js';
import { isOnlySettings } from './proposed.js';
import { itemsOf, type LoadingModule, nothingGiven, openSlot, reasonOf, textOf, type Value } from './values.js';

const variable = 'DJANGO_SETTINGS_MODULE';

/**
 * What `django.setup()` and the functions that make an application load, in Django's order (django/apps/registry.py, django/core/wsgi.py):
 * the settings, the applications' modules and configurations, their models, `ready()`; then the middleware.
 */
export function loadDjango(machine: Machine, observed: Observed, event: CallEvent): void {
  if (machine.during !== undefined) return;
  observed.django ??= readSettings(machine, event.span);
  const { django } = observed;
  if (!django) return;
  if (django.settings && !django.ready) {
    django.ready = true;
    loadApplications(machine, django.settings, event);
  }
  if (event.name !== 'django.setup' && django.settings && !django.middleware) {
    django.middleware = true;
    for (const { text, at } of textsIn(django.settings, 'MIDDLEWARE')) {
      const target = importPath(machine, text, at ?? event.span, 'urls');
      if (target) observed.handlers.push({ framework: 'django', target });
    }
  }
}

function readSettings(machine: Machine, site: Span): Observed['django'] {
  const told = settingsName(machine, site);
  if (!told) return undefined;
  const { name, setting, only } = told;
  const module =
    name === undefined ? undefined : during(machine, 'settings', () => importModule(machine, name, site, undefined));
  return {
    settingsModule: setting,
    ...(module?.data.kind === 'module' && { settings: module.data.module }),
    ...(!setting.known && { assumed: setting.why }),
    ...(only && { proposed: only }),
    ready: false,
    middleware: false,
  };
}

/**
 * The module that the variable names. One that only the code proposes (`setdefault`) is followed like any other: a deployment that names
 * other settings loads the same applications. Its values are not taken for known (`assumed`).
 */
function settingsName(
  machine: Machine,
  site: Span,
): { name: string | undefined; setting: Setting<string>; only?: Known<string> } | undefined {
  const own = machine.variables.slots.get(variable);
  const found = readVariable(machine, variable);
  const facts = { name: variable, origin: 'environment' as const, span: own?.at ?? site };
  if (found.state === 'set') {
    const name = textOf(found.value) ?? '';
    const span = found.value.via?.[0]?.span ?? own?.at;
    const setting: Setting<string> = {
      name: variable,
      origin: own ? 'config file' : 'environment',
      ...(span && { span }),
      known: true,
      value: name,
    };
    return { name, setting };
  }
  if (found.state === 'absent') return undefined;
  const options = own?.value.data.kind === 'choice' ? own.value.data.options : own ? [own.value] : [];
  const proposed = options.flatMap(option => textOf(option) ?? []);
  const [name] = proposed;
  const setting: Setting<string> = { ...facts, known: false, why: found.why };
  if (name === undefined || proposed.length > 1 || !own?.at) return { name, setting };
  const only = { name: variable, origin: 'config file' as const, span: own.at, known: true as const, value: name };
  return { name, setting, only };
}

function during<T>(machine: Machine, what: PyCall['during'], run: () => T): T {
  const outer = machine.during;
  machine.during = what;
  const result = run();
  machine.during = outer;
  return result;
}

/** The value that the settings file itself gives, though local settings may change it: those rarely name other applications or URLs. */
function likelyValue(settings: LoadingModule, name: string): Value | undefined {
  const slot = settings.store.slots.get(name);
  const options = slot?.value.data.kind === 'choice' ? slot.value.data.options : slot ? [slot.value] : [];
  return options.find(option => option.data.kind !== 'unknown') ?? slot?.was;
}

/** Texts in a setting that is a list; those that cannot be told are left out. */
function textsIn(settings: LoadingModule, name: string): readonly { readonly text: string; readonly at?: Span }[] {
  const items = itemsOf(likelyValue(settings, name)) ?? [];
  return items.flatMap(({ value, at }) => {
    const text = textOf(value);
    return text !== undefined && /^\w+(?:\.\w+)*$/.test(text) ? [{ text, ...(at && { at }) }] : [];
  });
}

function loadApplications(machine: Machine, settings: LoadingModule, event: CallEvent): void {
  const { span } = event;
  const configurations: Value[] = [];
  const names: string[] = [];
  for (const { text, at } of textsIn(settings, 'INSTALLED_APPS')) {
    const loaded = during(machine, 'apps', () => loadApplication(machine, text, at ?? span));
    if (!loaded) continue;
    names.push(loaded.name);
    if (loaded.configuration) configurations.push(loaded.configuration);
  }
  for (const name of names) {
    const models = `${name}.models`;
    if (resolveModule(machine.search, models).state === 'module')
      during(machine, 'apps', () => importModule(machine, models, span, undefined));
  }
  for (const configuration of configurations) {
    if (configuration.data.kind !== 'class') continue;
    const ready = findInClass(configuration.data, 'ready');
    if (!ready || !('slot' in ready) || ready.slot.value.data.kind !== 'function') continue;
    const self: Value = {
      data: { kind: 'instance', of: configuration.data, store: { slots: new Map(), birth: machine.trail?.depth ?? 0 } },
    };
    const method: Value = { data: { ...ready.slot.value.data, self } };
    const { chain } = machine;
    machine.chain = [...chain, { span, message: 'Django loads the applications here' }];
    during(machine, 'apps', () =>
      machine.evaluator.call(machine, event.frame, method, nothingGiven, ready.slot.at ?? span),
    );
    machine.chain = chain;
  }
}

/** `shop` with its apps.py, or `shop.apps.ShopConfig`; undefined for what is installed. */
function loadApplication(
  machine: Machine,
  entry: string,
  span: Span,
): { readonly name: string; readonly configuration?: Value } | undefined {
  const found = resolveModule(machine.search, entry);
  if (found.state === 'module' || found.state === 'namespace') {
    importModule(machine, entry, span, undefined);
    if (resolveModule(machine.search, `${entry}.apps`).state !== 'module') return { name: entry };
    const apps = importModule(machine, `${entry}.apps`, span, undefined);
    const configuration = apps.data.kind === 'module' ? onlyConfiguration(apps.data.module) : undefined;
    return { name: entry, ...(configuration && { configuration }) };
  }
  const configuration = importPath(machine, entry, span, 'apps');
  if (configuration?.data.kind !== 'class') return undefined;
  const name = findInClass(configuration.data, 'name');
  const text = name && 'slot' in name ? textOf(name.slot.value) : undefined;
  if (text === undefined || resolveModule(machine.search, text).state !== 'module') return undefined;
  importModule(machine, text, span, undefined);
  return { name: text, configuration };
}

/** The AppConfig that Django picks by itself: the only one, or the one that says `default = True`. */
function onlyConfiguration(module: LoadingModule): Value | undefined {
  const all = [...module.store.slots.values()]
    .map(slot => slot.value)
    .filter(value => {
      return (
        value.data.kind === 'class' &&
        value.data.module === module &&
        value.data.bases.some(base => base.data.kind === 'external' && base.data.name.endsWith('.AppConfig'))
      );
    });
  return all.length === 1 ? all[0] : undefined;
}

/** `package.module.Name`, where the module is ours. */
function importPath(machine: Machine, dotted: string, span: Span, what: PyCall['during']): Value | undefined {
  const dot = dotted.lastIndexOf('.');
  if (dot <= 0 || !/^\w+(?:\.\w+)*$/.test(dotted)) return undefined;
  const name = dotted.slice(0, dot);
  if (resolveModule(machine.search, name).state !== 'module') return undefined;
  const module = during(machine, what, () => importModule(machine, name, span, undefined));
  return module.data.kind === 'module' ? module.data.module.store.slots.get(dotted.slice(dot + 1))?.value : undefined;
}

/** The URL configuration and with it the views, which Django loads when the first request comes. */
export function loadUrls(machine: Machine, observed: Observed, site: Span): void {
  const { django } = observed;
  const root = django?.settings?.store.slots.get('ROOT_URLCONF');
  const value = django?.settings && likelyValue(django.settings, 'ROOT_URLCONF');
  const name = value && textOf(value);
  if (!django || name === undefined || !/^\w+(?:\.\w+)*$/.test(name)) return;
  const { certain } = machine;
  // Where nothing looks like other settings, those of a deployment have the same views.
  const file = django.settings?.tree.file;
  if (django.assumed !== undefined && !(file && isOnlySettings(machine.reader, file.path))) machine.certain = false;
  during(machine, 'urls', () => importModule(machine, name, root?.at ?? site, django.settings));
  machine.certain = certain;
}

/** Why the settings may be others than those that were seen. */
export function whySettingsOpen(observed: Observed): string | undefined {
  const { django } = observed;
  if (!django) return undefined;
  if (django.assumed !== undefined) return django.assumed;
  const open = django.settings?.store.slots.get(openSlot);
  return open ? reasonOf(open.value) : django.settings ? undefined : 'the settings module cannot be read';
}
