// Packs the extension for Visual Studio Code, with the server in it: gwlint-<version>.vsix.
//
//   node scripts/vsix.mjs [folder to write to]
//
// A .vsix is a zip with a manifest and a list of content types, as the Open Packaging Conventions have it.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { zipSync } from 'fflate';
import { rolldown } from 'rolldown';
import { licencesOf } from './licences.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const source = join(root, 'editors/vscode');
const out = resolve(process.argv[2] ?? root);
const own = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const manifest = { ...JSON.parse(readFileSync(join(source, 'package.json'), 'utf8')), version: own.version };
const stage = mkdtempSync(join(tmpdir(), 'gwlint-vsix-'));

try {
  await stageExtension();
  stageServer();
  const target = join(out, `${manifest.name}-${manifest.version}.vsix`);
  writeFileSync(target, pack());
  console.log(target);
} finally {
  rmSync(stage, { recursive: true, force: true });
}

async function stageExtension() {
  const bundle = await rolldown({
    cwd: root,
    input: { extension: 'editors/vscode/src/extension.mts' },
    platform: 'node',
    external: ['vscode'],
  });
  const { output } = await bundle.write({
    dir: join(stage, 'dist'),
    format: 'cjs',
    entryFileNames: '[name].cjs',
    chunkFileNames: '[name]-[hash].cjs',
  });
  await bundle.close();
  writeFileSync(join(stage, 'THIRD-PARTY-LICENSES'), licencesOf(root, output));
  writeFileSync(join(stage, 'package.json'), `${JSON.stringify(manifest, undefined, 2)}\n`);
  for (const name of ['README.md', 'language-configuration.json', 'syntaxes']) {
    cpSync(join(source, name), join(stage, name), { recursive: true });
  }
  for (const name of ['LICENSE', 'CHANGELOG.md']) cpSync(join(root, name), join(stage, name));
}

/** The program as it is published, without its types, and the pages that it opens. */
function stageServer() {
  const server = join(stage, 'server');
  mkdirSync(server);
  execFileSync(process.execPath, [join(root, 'scripts/build.mjs'), join(server, 'dist'), '--no-types'], {
    stdio: 'inherit',
  });
  cpSync(join(root, 'docs/rules'), join(server, 'docs/rules'), { recursive: true });
  const { name, version, license, type } = own;
  writeFileSync(join(server, 'package.json'), `${JSON.stringify({ name, version, license, type }, undefined, 2)}\n`);
}

function pack() {
  const files = readdirSync(stage, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry =>
      join(entry.parentPath, entry.name)
        .slice(stage.length + 1)
        .replaceAll('\\', '/'),
    )
    .sort();
  const entries = {
    'extension.vsixmanifest': Buffer.from(vsixManifest()),
    '[Content_Types].xml': Buffer.from(contentTypes(files)),
  };
  for (const path of files) entries[`extension/${path}`] = readFileSync(join(stage, path));
  // A fixed date: the same sources give the same package. A zip knows no date before 1980.
  return zipSync(entries, { level: 9, mtime: new Date(1980, 0, 2) });
}

function vsixManifest() {
  const { name, publisher, version, displayName, description, keywords, categories, engines } = manifest;
  return `<?xml version="1.0" encoding="utf-8"?>
<PackageManifest Version="2.0.0" xmlns="http://schemas.microsoft.com/developer/vsx-schema/2011">
  <Metadata>
    <Identity Language="en-US" Id="${xml(name)}" Version="${xml(version)}" Publisher="${xml(publisher)}"/>
    <DisplayName>${xml(displayName)}</DisplayName>
    <Description xml:space="preserve">${xml(description)}</Description>
    <Tags>${xml(keywords.join(','))}</Tags>
    <Categories>${xml(categories.join(','))}</Categories>
    <License>extension/LICENSE</License>
    <Properties>
      <Property Id="Microsoft.VisualStudio.Code.Engine" Value="${xml(engines.vscode)}"/>
      <Property Id="Microsoft.VisualStudio.Code.ExtensionDependencies" Value=""/>
      <Property Id="Microsoft.VisualStudio.Code.ExtensionPack" Value=""/>
      <Property Id="Microsoft.VisualStudio.Code.ExtensionKind" Value="workspace"/>
    </Properties>
  </Metadata>
  <Installation>
    <InstallationTarget Id="Microsoft.VisualStudio.Code"/>
  </Installation>
  <Dependencies/>
  <Assets>
    <Asset Type="Microsoft.VisualStudio.Code.Manifest" Path="extension/package.json" Addressable="true"/>
    <Asset Type="Microsoft.VisualStudio.Services.Content.Details" Path="extension/README.md" Addressable="true"/>
    <Asset Type="Microsoft.VisualStudio.Services.Content.Changelog" Path="extension/CHANGELOG.md" Addressable="true"/>
    <Asset Type="Microsoft.VisualStudio.Services.Content.License" Path="extension/LICENSE" Addressable="true"/>
  </Assets>
</PackageManifest>
`;
}

/** One content type for each ending; files without one are named. */
function contentTypes(files) {
  const types = {
    '.json': 'application/json',
    '.md': 'text/markdown',
    '.vsixmanifest': 'text/xml',
    '.wasm': 'application/wasm',
  };
  const endings = new Set(['.vsixmanifest', ...files.map(path => extname(path)).filter(Boolean)]);
  const defaults = [...endings]
    .sort()
    .map(ending => `  <Default Extension="${ending}" ContentType="${types[ending] ?? 'application/octet-stream'}"/>\n`);
  const named = files
    .filter(path => extname(path) === '')
    .map(path => `  <Override PartName="/extension/${xml(path)}" ContentType="text/plain"/>\n`);
  return `<?xml version="1.0" encoding="utf-8"?>\n<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">\n${defaults.join('')}${named.join('')}</Types>\n`;
}

function xml(text) {
  return text.replace(/[&<>"]/g, one => `&#${one.charCodeAt(0)};`);
}
