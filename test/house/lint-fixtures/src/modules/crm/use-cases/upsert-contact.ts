import { HttpException, Injectable } from '@nestjs/common'; // breaks: no-restricted-imports
import { Contacts } from '../persistence/contacts.js';

@Injectable()
export class UpsertContactHandler {
  constructor(private readonly contacts: Contacts) {}

  run(): unknown {
    return [this.contacts.table, HttpException, new Date()]; // breaks: no-restricted-syntax
  }
}
