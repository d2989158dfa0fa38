/** Paints text for a terminal, or leaves it as it is. Nothing that is reported rests on colour alone. */
export interface Style {
  readonly error: Paint;
  readonly warning: Paint;
  readonly info: Paint;
  readonly strong: Paint;
  readonly faint: Paint;
}

type Paint = (text: string) => string;

export function createStyle(colour: boolean): Style {
  const paint = (open: number, close: number): Paint =>
    colour ? text => `\u001b[${open}m${text}\u001b[${close}m` : text => text;
  return {
    error: paint(31, 39),
    warning: paint(33, 39),
    info: paint(36, 39),
    strong: paint(1, 22),
    faint: paint(2, 22),
  };
}

/** OSC 8, https://gist.github.com/egmontkob/eb114294efbcd5adb1944c9f3cb5feda: a text that leads to a page; the text alone without one. */
export function hyperlink(text: string, url: string | undefined): string {
  if (url === undefined || /[^\x21-\x7e]/.test(url)) return text;
  return `\u001b]8;;${url}\u001b\\${text}\u001b]8;;\u001b\\`;
}
