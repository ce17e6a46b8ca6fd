const forbidden = new Set(
  `script iframe frame frameset object embed applet form input button textarea select base meta link svg math
   template noscript audio video`.split(/\s+/),
);
const addresses = new Set(
  `href src action formaction background poster cite data longdesc srcset ping xlink:href`.split(/\s+/),
);
/** Then it is enough: each may have been looked for as far as the end. */
const most = 20;

/** Each is tried at the place itself (sticky), so that no input takes more than one pass. */
const opening = /<([a-z][a-z0-9]*)/iy;
const attribute = /\s+([^\s=>"'/<]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'))?/y;
const ending = /\s*\/?>/y;
const harmless = [/<\/[a-z][a-z0-9]*\s*>/iy, /<!--(?:(?!-->)[^])*-->/y, /<!doctype\s+html[^<>]*>/iy];
const styleSheet = /([^<]*)<\/style\s*>/iy;

/**
 * What is wrong with the HTML of a mail: it may have text, images and links, links lead to http and https only, nothing
 * runs. Whatever is not plainly well-formed is a problem, since readers would have to guess what it means.
 * @returns sentences without values; none when it is right
 */
export function problemsOfHtml(html: string): string[] {
  const problems: string[] = [];
  let at = html.indexOf('<');
  while (at >= 0 && problems.length < most) {
    const end = harmless.map((one) => match(one, html, at)?.end).find((found) => found !== undefined);
    at = html.indexOf('<', end ?? tag(html, at, problems));
  }
  return [...new Set(problems)];
}

/** @returns where it ends, or where to go on looking after what is none */
function tag(html: string, at: number, problems: string[]): number {
  const opened = match(opening, html, at);
  if (!opened) {
    problems.push('a “<” that begins no tag: write &lt;');
    return at + 1;
  }
  const name = (opened.groups[1] ?? '').toLowerCase();
  if (forbidden.has(name)) problems.push(`<${name}> is not allowed`);
  let end = opened.end;
  for (let found = match(attribute, html, end); found; found = match(attribute, html, end)) {
    const [, attributeName = '', double, single] = found.groups;
    check(attributeName.toLowerCase(), double ?? single, problems);
    end = found.end;
  }
  const closed = match(ending, html, end);
  if (!closed) {
    problems.push(`<${name}> is not well-formed: values of attributes stand in quotes`);
    return end;
  }
  return name === 'style' ? sheet(html, closed.end, problems) : closed.end;
}

function check(name: string, value: string | undefined, problems: string[]): void {
  if (name.startsWith('on')) problems.push(`the attribute ${name} is not allowed`);
  if (addresses.has(name) && !isWebAddress(value ?? ''))
    problems.push(`${name} has to lead to http:// or https://`);
  if (name === 'style' && isUnsafeStyle(value ?? '')) problems.push('a style that loads something');
}

/** As it is written: an encoded colon, blanks before it, or a scheme without slashes make it another thing. */
function isWebAddress(value: string): boolean {
  return /^https?:\/\/[^\s\\]+$/i.test(value) && URL.canParse(value.replaceAll('&amp;', '&'));
}

function isUnsafeStyle(css: string): boolean {
  return /url\s*\(|@import|expression\s*\(|\\|&#?\w+;/i.test(css);
}

function sheet(html: string, at: number, problems: string[]): number {
  const found = match(styleSheet, html, at);
  if (!found) {
    problems.push('<style> is not closed');
    return html.length;
  }
  if (isUnsafeStyle(found.groups[1] ?? '')) problems.push('a style that loads something');
  return found.end;
}

function match(
  pattern: RegExp,
  text: string,
  at: number,
): { groups: RegExpExecArray; end: number } | undefined {
  pattern.lastIndex = at;
  const groups = pattern.exec(text);
  return groups ? { groups, end: pattern.lastIndex } : undefined;
}
