import { Controller, Get, NotFoundException } from '@nestjs/common';
import { Contacts } from '../persistence/contacts.js';

@Controller('contacts')
export class ContactsController {
  constructor(private readonly contacts: Contacts) {}

  @Get()
  list(): string {
    if (this.contacts.table === '') throw new NotFoundException();
    return new Date().toISOString();
  }
}
