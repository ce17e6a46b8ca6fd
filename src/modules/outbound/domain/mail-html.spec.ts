import { describe, expect, it } from 'vitest';
import { problemsOfHtml } from './mail-html.js';

describe('the HTML of a mail', () => {
  it.each([
    'plain text',
    '<!doctype html><p class="a" style="color:red">1 &lt; 2</p><!-- a > b --><br/><hr>',
    '<a href="https://example.com/a?b=1&amp;c=2">Pay</a> <img src=\'http://example.com/x.png\' alt="">',
    '<style>p { color: #222 }</style><table><tr><td width="5">x</td></tr></table>',
    '<A HREF="HTTPS://example.com">X</A>',
  ])('%s is right', (html) => {
    expect(problemsOfHtml(html)).toEqual([]);
  });

  it.each([
    ['<a href="javascript:alert(1)">x</a>', 'href has to lead'],
    ['<a href=" https://example.com">x</a>', 'href has to lead'],
    ['<a href="java&#115;cript:alert(1)">x</a>', 'href has to lead'],
    ['<a href="//example.com">x</a>', 'href has to lead'],
    ['<a href="mailto:ada@example.com">x</a>', 'href has to lead'],
    ['<a href="data:text/html,x">x</a>', 'href has to lead'],
    ['<a href>x</a>', 'href has to lead'],
    ['<a href=https://example.com onclick=alert(1)>x</a>', 'quotes'],
    ['<p onclick="alert(1)">x</p>', 'onclick'],
    ['<p ONMOUSEOVER="x">x</p>', 'onmouseover'],
    ['<script>alert(1)</script>', '<script>'],
    ['<svg><a/></svg>', '<svg>'],
    ['<form action="https://example.com"></form>', '<form>'],
    ['<meta http-equiv="refresh" content="0">', '<meta>'],
    ['<p style="background:url(https://example.com)">x</p>', 'a style'],
    ['<p style="background:u\\72l(x)">x</p>', 'a style'],
    ['<style>@import "x";</style>', 'a style'],
    ['<style>p {}', 'not closed'],
    ['<p title="a', 'quotes'],
    ['<p/onclick="x">', 'quotes'],
    ['1 < 2', 'begins no tag'],
    ['<!-- not closed', 'begins no tag'],
    ['<![CDATA[x]]>', 'begins no tag'],
    ['<a href="https://a" href="javascript:x">x</a>', 'href has to lead'],
  ])('%s is not', (html, problem) => {
    expect(problemsOfHtml(html).join('; ')).toContain(problem);
  });

  it('is looked through in one pass, whatever it is', () => {
    const started = performance.now();
    for (const text of ['<a ', '<a b="', '<!-- ', '<', '<style>', ' x= '])
      problemsOfHtml(text.repeat(20_000));
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});
