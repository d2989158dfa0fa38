import { describe, expect, it } from 'vitest';
import { addToSection } from '../../src/edits/ini.js';
import { applyEdits } from '../../src/text/apply.js';

const file = (text: string) => ({ path: 'uwsgi.ini', text });

function added(text: string): string | undefined {
  const edit = addToSection(file(text), 'uwsgi', ['master = true', 'die-on-term = true']);
  return edit && applyEdits(text, [edit]);
}

describe('addToSection', () => {
  it('writes below the header of the section, in the line ends of the file', () => {
    expect(added('[uwsgi]\nmodule = shop\n')).toBe('[uwsgi]\nmaster = true\ndie-on-term = true\nmodule = shop\n');
    expect(added('; shop\r\n[uwsgi]\r\nmodule = shop\r\n')).toBe(
      '; shop\r\n[uwsgi]\r\nmaster = true\r\ndie-on-term = true\r\nmodule = shop\r\n',
    );
    expect(added('[other]\na = b\n[uwsgi]')).toBe('[other]\na = b\n[uwsgi]\nmaster = true\ndie-on-term = true');
  });

  it('leaves alone a file in which the section is not there, or there twice', () => {
    expect(added('module = shop\n')).toBeUndefined();
    expect(added('[uwsgi]\na = b\n[uwsgi]\nc = d\n')).toBeUndefined();
    expect(added('[uwsgi:production]\na = b\n')).toBeUndefined();
  });
});
