import { describe, expect, it } from 'vitest';
import { outsideUrlProblem } from './outside-url.js';

const inside = new Set(['http://n8n:5678', 'https://10.0.0.7']);

describe('a URL that somebody chose', () => {
  it.each([
    'https://hooks.example.com/a?b=c',
    'https://hooks.example.com:8443/',
    'https://93.184.216.34/',
    'http://n8n:5678/webhook/1',
    'https://10.0.0.7/x',
  ])('%s may be called', (url) => {
    expect(outsideUrlProblem(url, inside)).toBeUndefined();
  });

  it.each([
    ['nonsense', 'is none'],
    ['http://hooks.example.com/', 'is not of https'],
    ['ftp://hooks.example.com/', 'is not of https'],
    ['file:///etc/passwd', 'is not of https'],
    ['https://ada:secret@hooks.example.com/', 'carries credentials: they belong into the secret store'],
    ['https://hooks.example.com/#x', 'has a fragment, which is never sent'],
    ['https://127.0.0.1/', 'is an address that is not public'],
    ['https://2130706433/', 'is an address that is not public'],
    ['https://[::ffff:10.0.0.1]/', 'is an address that is not public'],
    ['https://169.254.169.254/', 'is an address that is not public'],
    ['https://localhost/', 'is a name of this network'],
    ['https://db.internal./', 'is a name of this network'],
    ['http://n8n:5679/', 'is not of https'],
    ['https://10.0.0.8/', 'is an address that is not public'],
  ])('%s may not', (url, problem) => {
    expect(outsideUrlProblem(url, inside)).toBe(problem);
  });
});
