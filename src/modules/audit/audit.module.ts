import { Module } from '@nestjs/common';
import { AuditRead } from './http/audit-read.js';
import { AuditController } from './http/audit.controller.js';

/** The audit log, read. Entries are appended by whoever does something, in the transaction of what is done. */
@Module({
  controllers: [AuditController],
  providers: [AuditRead],
})
export class AuditModule {}
