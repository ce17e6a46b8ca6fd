import { Injectable } from '@nestjs/common';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { appendAudit } from '../../../shared/audit/append-audit.js';
import { Database } from '../../../shared/database/database.js';
import { Clock } from '../../../shared/kernel/clock.js';
import { checkForm, contactForm, type Form, type FormVia } from '../domain/form.js';
import { FormChanged, FormDisabled, FormUnknown } from '../intake.errors.js';

/** A form with its compiled schema. */
export interface OpenForm extends Form {
  readonly validate: ValidateFunction;
}

const cacheMs = 2_000;
const columns = 'name, enabled, via, fields, mapping, settings, revision';

/** The forms that may submit. Read on every request, so kept for two seconds with their compiled schemas. */
@Injectable()
export class Forms {
  private readonly cache = new Map<string, { until: number; form: Promise<OpenForm> }>();
  private readonly compiled = new Map<string, { revision: number; validate: ValidateFunction }>();

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Installs the form that ships, where there is none of its name. */
  async install(): Promise<void> {
    await this.database.query(
      `insert into intake.forms (name, enabled, fields, mapping, updated_by)
       values ($1, true, $2, $3, 'system') on conflict do nothing`,
      [contactForm.name, JSON.stringify(contactForm.fields), JSON.stringify(contactForm.mapping)],
    );
  }

  /**
   * @param via how it must submit; any way will do without
   * @throws INTAKE.FORM_UNKNOWN when there is none of the name that submits this way; INTAKE.FORM_DISABLED
   */
  async open(name: string, via?: FormVia): Promise<OpenForm> {
    const form = await this.known(name);
    if (via !== undefined && form.via !== via) throw FormUnknown({ details: { form: name } });
    if (!form.enabled) throw FormDisabled({ details: { form: name } });
    return form;
  }

  /** How a form submits, also while it is disabled; undefined when there is none of the name. */
  async viaOf(name: string): Promise<FormVia | undefined> {
    return this.known(name).then(
      ({ via }) => via,
      () => undefined,
    );
  }

  async list(): Promise<Form[]> {
    return this.database.query<Form>(`select ${columns} from intake.forms order by name`);
  }

  /** @throws INTAKE.FORM_UNKNOWN */
  async get(name: string): Promise<Form> {
    const [form] = await this.database.query<Form>(`select ${columns} from intake.forms where name = $1`, [
      name,
    ]);
    if (!form) throw FormUnknown({ details: { form: name } });
    return form;
  }

  /** @throws INTAKE.FORM_INVALID */
  check(form: Omit<Form, 'revision'>): void {
    checkForm(form, compile);
  }

  /**
   * Creates or changes a form.
   * @param revision the revision that the caller has seen; undefined for a new form
   * @throws INTAKE.FORM_INVALID, INTAKE.FORM_CHANGED
   */
  async put(form: Omit<Form, 'revision'>, actor: string, revision?: number): Promise<Form> {
    this.check(form);
    const stored = await this.database.transaction(async (tx) => {
      const [row] = await tx.query<Form>(
        `insert into intake.forms as f (name, enabled, via, fields, mapping, settings, updated_by)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (name) do update set enabled = excluded.enabled, via = excluded.via, fields = excluded.fields,
           mapping = excluded.mapping, settings = excluded.settings, updated_by = excluded.updated_by,
           updated_at = now(), revision = f.revision + 1
           where f.revision = $8
         returning ${columns}`,
        [
          form.name,
          form.enabled,
          form.via,
          JSON.stringify(form.fields),
          JSON.stringify(form.mapping),
          JSON.stringify(form.settings),
          actor,
          revision ?? null,
        ],
      );
      if (!row) throw FormChanged({ details: { form: form.name } });
      const details = { enabled: form.enabled, revision: row.revision };
      const entry = {
        actor,
        action: 'intake.form-changed',
        outcome: 'ok' as const,
        subject: `form:${form.name}`,
        details,
      };
      await appendAudit(tx, [entry], this.clock.now());
      return row;
    });
    this.cache.delete(form.name);
    return stored;
  }

  private known(name: string): Promise<OpenForm> {
    const cached = this.cache.get(name);
    if (cached && cached.until > performance.now()) return cached.form;
    if (this.cache.size > 1_000) this.cache.clear();
    const form = this.read(name);
    this.cache.set(name, { until: performance.now() + cacheMs, form });
    form.catch(() => undefined);
    return form;
  }

  private async read(name: string): Promise<OpenForm> {
    const form = await this.get(name);
    const last = this.compiled.get(name);
    if (last?.revision === form.revision) return { ...form, validate: last.validate };
    const validate = compile(form.fields);
    this.compiled.set(name, { revision: form.revision, validate });
    return { ...form, validate };
  }
}

function compile(schema: object): ValidateFunction {
  const ajv = new Ajv2020({ allErrors: true, strict: false });
  formats.default(ajv);
  return ajv.compile(schema);
}
