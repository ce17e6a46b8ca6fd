/** HubSpot takes 65,536 characters; what is cut here leaves room for the reference. */
const longestHtml = 60_000;
const longestTitle = 500;

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Plain text as the HTML that a CRM shows: every character as it is, line breaks as such, cut where it is too long. */
export function htmlOf(text: string): string {
  let html = '';
  for (const character of visible(text)) {
    const next = character === '\n' ? '<br>' : (entities[character] ?? character);
    if (html.length + next.length > longestHtml) break;
    html += next;
  }
  return html;
}

/** HTML that ends with a reference, by which it can be found. */
export function signedWith(html: string, reference: string): string {
  return html === '' ? reference : `${html}<br><br>${reference}`;
}

/** A title: one line. */
export function titleOf(text: string): string {
  const line = visible(text).replace(/\s+/g, ' ').trim();
  return line.slice(0, longestTitle).toWellFormed();
}

/** Well-formed, without control characters other than line breaks and tabs. */
function visible(text: string): string {
  return text
    .toWellFormed()
    .replace(/\r\n?/g, '\n')
    .replace(/[^\P{Cc}\n\t]/gu, ' ')
    .trim();
}
