import { describe, expect, it } from 'vitest';
import { finding } from './confidence.js';
import { LeadSheet } from './lead-sheet.js';

describe('a lead sheet', () => {
  it('keeps what the person wrote to the letter, whatever is derived', () => {
    const sheet = new LeadSheet({ company: ' ACME\r\n ' });
    sheet.add([finding('company', 'Acme', 'consent')]);
    expect(sheet.fields()).toEqual({ company: { value: ' ACME\r\n ', source: 'given', confidence: 1 } });
  });

  it('fills an empty field with the surest finding, the earlier of two equals', () => {
    const sheet = new LeadSheet({ country: '  ' });
    sheet.add([finding('country', 'FR', 'locale-region'), finding('country', 'DE', 'phone-country')]);
    sheet.add([finding('country', 'AT', 'phone-country')]);
    expect(sheet.fields()).toEqual({ country: { value: 'DE', source: 'phone-country', confidence: 0.85 } });
  });

  it('puts a reading only beside a given value', () => {
    const sheet = new LeadSheet({ phone: '(202) 555-0123' });
    sheet.add([
      finding('normalized.phone', '+12025550123', 'phone-valid'),
      finding('normalized.email', 'x', 'email-format'),
    ]);
    expect(Object.keys(sheet.fields())).toEqual(['phone', 'normalized.phone']);
  });

  it('lowers how sure a given value is and nothing else', () => {
    const sheet = new LeadSheet({ email: 'jane at example' });
    sheet.doubt('email', 0.1);
    sheet.doubt('phone', 0.1);
    sheet.add([finding('email', 'jane@example.com', 'email-in-name')]);
    expect(sheet.fields()).toEqual({ email: { value: 'jane at example', source: 'given', confidence: 0.1 } });
  });

  it('takes a field named __proto__ as any other', () => {
    const sheet = new LeadSheet(
      JSON.parse('{"__proto__": "x", "constructor": "y"}') as Record<string, string>,
    );
    expect(Object.keys(sheet.fields())).toEqual(['__proto__', 'constructor']);
  });
});
