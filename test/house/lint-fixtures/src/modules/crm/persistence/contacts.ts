export class Contacts {
  readonly table: string = 'crm.contacts';
}
