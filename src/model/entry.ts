import type { SourceFile, Span, Step } from '../text/source.js';
import type { Known, Setting } from './setting.js';

/** A value in Python code that is known without running it. Callables and objects are known by their qualified name. */
export type PyValue =
  | {
      readonly kind: 'constant';
      readonly value: string | number | boolean | null;
      /** Where the value alone does not tell Python's type. */
      readonly type?: 'float' | 'bytes';
    }
  | { readonly kind: 'list'; readonly items: readonly Setting<PyValue>[]; readonly type?: 'tuple' | 'set' }
  | { readonly kind: 'dict'; readonly entries: ReadonlyMap<string, Setting<PyValue>> }
  /** `text`: what `str()` makes of it, for a path. */
  | { readonly kind: 'object'; readonly of: string; readonly text?: string };

/** A text known in part: `of` names what fills the gap (`flask.request.url_root`). */
export type PartialText = readonly (string | { readonly why: string; readonly of?: string })[];

/** A call in Python code, by qualified name as imported (`flask.Flask.run`, `time.sleep`, `requests.get`). */
export interface PyCall {
  readonly name: string;
  /** The call expression. */
  readonly span: Span;
  /** The whole statement it stands in. */
  readonly statement: Span;
  /** The statement at the top of its module that leads to the call, where that is another one. */
  readonly topLevel?: Span;
  readonly positional: readonly Setting<PyValue>[];
  readonly keywords: ReadonlyMap<string, Setting<PyValue>>;
  /** Arguments that are not known but in part, by index (`"0"`) or keyword. */
  readonly texts?: ReadonlyMap<string, PartialText>;
  /** `**options` or `*args` are passed: a keyword that is not listed may still be given. */
  readonly open: boolean;
  /** How it is reached: the imports and the calls that lead here from the entry file, outermost first. */
  readonly chain: readonly Step[];
  /** False when a condition that cannot be decided stands before it. */
  readonly certain: boolean;
  /** It ends the process by SystemExit (`sys.exit`), and a `try` around it catches that. */
  readonly caught?: boolean;
  /**
   * Django's own loading leads here: while it reads the settings, while it loads the applications (a second set-up then fails),
   * or when it loads the URLconf and middleware at the first request.
   */
  readonly during?: 'settings' | 'apps' | 'urls';
}

/** A function that handles requests: a view, an endpoint, a middleware. */
export interface Handler {
  readonly name: string;
  readonly asynchronous: boolean;
  readonly span: Span;
  readonly framework: 'flask' | 'django' | 'fastapi' | 'starlette' | 'pyramid' | 'wsgi' | 'asgi' | 'other';
  /** Path pattern where it is known. */
  readonly path?: string;
  /** The methods of HTTP that it takes, in upper case, where they are known. */
  readonly methods?: readonly string[];
  /** Calls that run when it handles a request, in it or in first-party functions that it calls. */
  readonly calls: readonly PyCall[];
  /** Of a bare WSGI callable: what its own `return` statements give. */
  readonly returns?: readonly Setting<PyValue>[];
  /** Of a bare WSGI callable: false when its body does not even mention its second parameter. */
  readonly startsResponse?: boolean;
}

export type AttributeState =
  | {
      readonly state: 'found';
      readonly span: Span;
      /** What it is: a WSGI or ASGI application, a function or class that must be called first, or not to be told. */
      readonly kind: 'wsgi' | 'asgi' | 'factory' | 'unknown';
      /** `flask.Flask`, `fastapi.FastAPI`, `django.core.wsgi.get_wsgi_application` ... where it is known. */
      readonly made?: string;
    }
  /**
   * Proved to be absent. `candidates`: applications that the module does define. `guarded`: the name is set under a condition that does
   * not hold at import (`if __name__ == "__main__":`); `guard` runs from the keyword to the colon.
   */
  | {
      readonly state: 'missing';
      readonly candidates: readonly { readonly name: string; readonly span: Span }[];
      readonly guarded?: { readonly span: Span; readonly guard: Span };
    }
  | { readonly state: 'unknown'; readonly why: string };

/** A first-party module that is imported from the entry, directly or not. */
export interface LoadedModule {
  readonly name: string;
  readonly file: SourceFile;
  readonly problems: readonly { readonly span: Span; readonly message: string }[];
  readonly chain: readonly Step[];
  /** Imported under every circumstance when the server starts. */
  readonly certain: boolean;
  /** Django's own loading leads here, as in a call; `urls`: at the first request. */
  readonly during?: PyCall['during'];
}

/** The Python module that a server loads, and what happens when it does. */
export interface EntryPoint {
  /** As asked for: dotted module or path. */
  readonly name: string;
  readonly file?: SourceFile;
  /**
   * `missing`: proved not to be there (`near`: what may be meant, as the user would write it). `unknown`: cannot be told
   * (installed package, search path not known, generated at build).
   */
  readonly module:
    | { readonly state: 'found' }
    | {
        readonly state: 'missing';
        readonly why: string;
        readonly near: readonly string[];
        /** Folder of the repository from which it could be imported; the empty text is its root. */
        readonly root?: string;
      }
    | { readonly state: 'unknown'; readonly why: string };
  readonly attribute: AttributeState;
  /** Modules loaded at import, the entry itself first. */
  readonly modules: readonly LoadedModule[];
  /** First-party imports at import time whose module or name is proved to be absent. */
  readonly missingImports: readonly {
    readonly name: string;
    readonly span: Span;
    readonly chain: readonly Step[];
    readonly near: readonly string[];
    readonly certain: boolean;
  }[];
  /** Every call that runs while the server imports the application, in order. */
  readonly importCalls: readonly PyCall[];
  /** Calls that run meanwhile in threads or processes that the import starts: nobody waits for them. */
  readonly backgroundCalls?: readonly PyCall[];
  readonly handlers: readonly Handler[];
  /** Names of the entry module at its end, with their values. */
  readonly names?: ReadonlyMap<string, Setting<PyValue>>;
  /** Websocket endpoints, streaming responses and the like that the application is seen to have. */
  readonly features: ReadonlySet<'websocket' | 'sse' | 'streaming'>;
  /** Values of the framework's settings by name (`ALLOWED_HOSTS`, `MAX_CONTENT_LENGTH`, `SECURE_SSL_REDIRECT`). */
  readonly settings: ReadonlyMap<string, Setting<PyValue>>;
  /** Why settings may have values that are not in `settings`, or other ones; absent where all are seen. */
  readonly settingsOpen?: string;
  /**
   * Values of the settings module that only the code proposes (`setdefault`), while the environment may name another one. Present only where
   * nothing in the repository looks like another one.
   */
  readonly proposed?: ReadonlyMap<string, Setting<PyValue>>;
  /** Dotted name of the Django settings module, from the environment or where the entry sets it. */
  readonly settingsModule?: Setting<string>;
  /** The one that the code proposes (`setdefault`) where it may come from the environment, and nearly names a module that is there. */
  readonly settingsProposed?: Known<string>;
  /** Where that module, or the proposed one, is proved not to be there. */
  readonly settingsMissing?: { readonly why: string; readonly near: readonly string[] };
  readonly frameworks: readonly string[];
}
