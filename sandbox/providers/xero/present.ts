import { randomUUID } from 'node:crypto';
import type { JsonObject } from '../../core/json.ts';
import { dayMs, msDate } from './dates.ts';
import { dueOf, paidOf, roundTo } from './records.ts';
import type { LineItem, Organisation, Payment, XeroContact, XeroCreditNote, XeroInvoice } from './records.ts';

/** The frame of an answer of the accounting API around a list of its records. */
export function framed(name: string, records: JsonObject[], rest: JsonObject = {}): JsonObject {
  return {
    Id: randomUUID(),
    Status: 'OK',
    ProviderName: 'Signalbox sandbox',
    DateTimeUTC: msDate(Date.now()),
    ...rest,
    [name]: records,
  };
}

/** An invoice; its contact has no more than id and name, and its lines are left out where they were not paged. */
export function presentInvoice(invoice: XeroInvoice, contact: XeroContact, withLines: boolean): JsonObject {
  return {
    Type: invoice.type,
    InvoiceID: invoice.id,
    InvoiceNumber: invoice.number,
    Reference: invoice.reference,
    Payments: invoice.payments.map(presentPayment),
    CreditNotes: [],
    Prepayments: [],
    Overpayments: [],
    AmountDue: dueOf(invoice),
    AmountPaid: paidOf(invoice),
    AmountCredited: invoice.credited,
    SentToContact: invoice.sentToContact,
    CurrencyRate: 1,
    IsDiscounted: false,
    HasAttachments: false,
    HasErrors: false,
    Contact: briefContact(contact),
    DateString: `${invoice.date}T00:00:00`,
    Date: msDate(dayMs(invoice.date)),
    ...dueDate(invoice),
    Status: invoice.status,
    LineAmountTypes: 'Exclusive',
    LineItems: withLines ? invoice.lineItems.map(presentLine) : [],
    SubTotal: invoice.subTotal,
    TotalTax: invoice.totalTax,
    Total: invoice.total,
    UpdatedDateUTC: msDate(invoice.updatedAt),
    CurrencyCode: invoice.currency,
    ...(invoice.fullyPaidOn === undefined ? {} : { FullyPaidOnDate: msDate(dayMs(invoice.fullyPaidOn)) }),
  };
}

function dueDate({ dueDate: day }: XeroInvoice): JsonObject {
  return day === '' ? {} : { DueDateString: `${day}T00:00:00`, DueDate: msDate(dayMs(day)) };
}

function briefContact({ id, name }: XeroContact): JsonObject {
  return {
    ContactID: id,
    Name: name,
    Addresses: [],
    Phones: [],
    ContactGroups: [],
    ContactPersons: [],
    HasValidationErrors: false,
  };
}

export function presentContact(contact: XeroContact): JsonObject {
  return {
    ContactID: contact.id,
    ContactStatus: 'ACTIVE',
    Name: contact.name,
    FirstName: contact.firstName,
    LastName: contact.lastName,
    EmailAddress: contact.email,
    BankAccountDetails: '',
    Addresses: contact.country ? [{ AddressType: 'POBOX', Country: contact.country }] : [],
    Phones: ['DEFAULT', 'DDI', 'FAX', 'MOBILE'].map((type) => ({
      PhoneType: type,
      PhoneNumber: type === 'DEFAULT' ? contact.phone : '',
      PhoneAreaCode: '',
      PhoneCountryCode: '',
    })),
    UpdatedDateUTC: msDate(contact.updatedAt),
    ContactGroups: [],
    ContactPersons: contact.persons.map((person) => ({
      FirstName: person.firstName,
      LastName: person.lastName,
      EmailAddress: person.email,
      IncludeInEmails: person.includeInEmails,
    })),
    IsSupplier: false,
    IsCustomer: true,
    HasAttachments: false,
    HasValidationErrors: false,
  };
}

export function presentCreditNote(note: XeroCreditNote, contact: XeroContact): JsonObject {
  return {
    Type: 'ACCRECCREDIT',
    CreditNoteID: note.id,
    CreditNoteNumber: note.number,
    Contact: briefContact(contact),
    DateString: `${note.date}T00:00:00`,
    Date: msDate(dayMs(note.date)),
    Status: 'PAID',
    LineAmountTypes: 'Exclusive',
    LineItems: [],
    SubTotal: note.total,
    TotalTax: 0,
    Total: note.total,
    RemainingCredit: 0,
    Allocations: [
      { Amount: note.total, Date: msDate(dayMs(note.date)), Invoice: { InvoiceID: note.invoiceId } },
    ],
    CurrencyCode: note.currency,
    UpdatedDateUTC: msDate(note.updatedAt),
  };
}

export function presentOrganisation(organisation: Organisation): JsonObject {
  return {
    OrganisationID: organisation.tenantId,
    Name: organisation.name,
    LegalName: organisation.name,
    PaysTax: true,
    Version: 'GLOBAL',
    OrganisationType: 'COMPANY',
    BaseCurrency: organisation.currency,
    CountryCode: 'GB',
    IsDemoCompany: true,
    OrganisationStatus: 'ACTIVE',
    Timezone: organisation.timezone,
    ShortCode: '!sbox1',
    Edition: 'BUSINESS',
  };
}

export function presentConnection(organisation: Organisation, authEventId: string): JsonObject {
  return {
    id: organisation.connectionId,
    authEventId,
    tenantId: organisation.tenantId,
    tenantType: 'ORGANISATION',
    tenantName: organisation.name,
    createdDateUtc: '2026-11-01T09:00:00.0000000',
    updatedDateUtc: '2026-11-01T09:00:00.0000000',
  };
}

function presentPayment({ id, date, amount }: Payment): JsonObject {
  return {
    PaymentID: id,
    Date: msDate(dayMs(date)),
    Amount: amount,
    HasAccount: false,
    HasValidationErrors: false,
  };
}

function presentLine(line: LineItem): JsonObject {
  return {
    LineItemID: line.id,
    Description: line.description,
    Quantity: line.quantity,
    UnitAmount: line.unitAmount,
    LineAmount: roundTo(line.quantity * line.unitAmount, 2),
    TaxAmount: line.taxAmount,
    AccountCode: line.accountCode,
  };
}
