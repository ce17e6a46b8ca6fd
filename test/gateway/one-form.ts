import { Ajv2020 } from 'ajv/dist/2020.js';
import { contactForm, type Form, type FormVia } from '../../src/modules/intake/domain/form.js';
import { FormUnknown } from '../../src/modules/intake/intake.errors.js';
import { Forms, type OpenForm } from '../../src/modules/intake/persistence/forms.js';

/** The only form that there is, whatever it is asked for by: for channels that are tried without a database. */
export class OneForm extends Forms {
  private readonly form: OpenForm;

  constructor(via: FormVia, more: Partial<Form> = {}) {
    super(undefined as never, undefined as never);
    const form = { ...contactForm, via, revision: 1, ...more };
    const ajv = new Ajv2020({ allErrors: true, strict: false });
    this.form = { ...form, validate: ajv.compile(form.fields) };
  }

  override async open(): Promise<OpenForm> {
    return this.form;
  }

  override async viaOf(): Promise<FormVia | undefined> {
    return this.form.via;
  }

  override async get(): Promise<Form> {
    throw FormUnknown();
  }
}
