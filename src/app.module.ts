import { type DynamicModule, Module } from '@nestjs/common';
import { flows } from './flows/index.js';
import { AuditModule } from './modules/audit/audit.module.js';
import { BillingModule } from './modules/billing/billing.module.js';
import { CrmModule } from './modules/crm/crm.module.js';
import { EnrichmentModule } from './modules/enrichment/enrichment.module.js';
import { IntakeModule } from './modules/intake/intake.module.js';
import { OutboundModule } from './modules/outbound/outbound.module.js';
import { SupportModule } from './modules/support/support.module.js';
import { AccessModule } from './shared/access/access.module.js';
import { AdminModule } from './shared/admin/admin.module.js';
import { CoreModule, type CoreParts } from './shared/core.module.js';
import { FlowModule } from './shared/flow/flow.module.js';
import { Housekeeping } from './shared/housekeeping.js';
import { HttpModule } from './shared/http/http.module.js';
import { MessagingModule } from './shared/messaging/messaging.module.js';
import { ObservabilityModule } from './shared/observability/observability.module.js';

/** The contexts, and what they rest on. */
@Module({})
export class AppModule {
  static register(parts: CoreParts): DynamicModule {
    const { config } = parts;
    return {
      module: AppModule,
      providers: [Housekeeping],
      imports: [
        CoreModule.register(parts),
        ObservabilityModule.register(config.log),
        HttpModule,
        AccessModule,
        MessagingModule.register(config),
        FlowModule.register({ flows, mode: config.flowMode }),
        AdminModule,
        AuditModule,
        IntakeModule,
        EnrichmentModule,
        BillingModule,
        CrmModule,
        OutboundModule,
        SupportModule,
      ],
    };
  }
}
