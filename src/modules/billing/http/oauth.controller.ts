import { Controller, Get, Header, HttpCode, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Can, Public } from '../../../shared/access/permissions.js';
import { actorOf, CurrentPrincipal, type Principal } from '../../../shared/access/principal.js';
import { appendAudit } from '../../../shared/audit/append-audit.js';
import { Database } from '../../../shared/database/database.js';
import { Clock } from '../../../shared/kernel/clock.js';
import { AuthorizeXero, type AuthorizedXero } from '../use-cases/authorize-xero.js';
import { AuthorizedDto, ConsentDto, OauthReturnDto } from './oauth.dto.js';

/**
 * Connecting an accounting system by authorization code. Who starts it holds a key; who comes back has a browser and no
 * key, and is known by the state.
 */
@ApiTags('connectors')
@Controller('oauth/xero')
export class OauthController {
  constructor(
    private readonly xero: AuthorizeXero,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  @Post('start')
  @HttpCode(200)
  @Can('configure', 'Connector')
  @ApiOperation({
    summary: 'Begin to connect Xero: the address at which a person consents, within ten minutes',
  })
  @ApiOkResponse({ type: ConsentDto })
  async start(@CurrentPrincipal() principal: Principal): Promise<ConsentDto> {
    return this.xero.start(actorOf(principal), this.clock.now());
  }

  @Get('callback')
  @Public('the state is signed, good once, and given to holders of a key only')
  @Header('cache-control', 'no-store')
  @Header('referrer-policy', 'no-referrer')
  @ApiOperation({ summary: 'Where Xero sends the person back' })
  @ApiOkResponse({ type: AuthorizedDto })
  async callback(@Query() { state, code, error }: OauthReturnDto): Promise<AuthorizedDto> {
    const now = this.clock.now();
    const authorized = await this.xero.finish({ state, code, error }, now);
    await this.audit(authorized, now);
    const { chosen, tenants } = authorized;
    return { message: messageFor(authorized), organisation: chosen ?? null, authorised: tenants };
  }

  private async audit({ authorisedBy, chosen, tenants }: AuthorizedXero, now: Date): Promise<void> {
    const entry = { actor: authorisedBy, action: 'connectors.authorised', outcome: 'ok' as const };
    const details = { organisation: chosen?.id ?? null, authorised: tenants.map(({ id }) => id) };
    await this.database.transaction((tx) =>
      appendAudit(tx, [{ ...entry, subject: 'connection:xero', details }], now),
    );
  }
}

function messageFor({ chosen, tenants }: AuthorizedXero): string {
  if (chosen) return `Xero is connected: ${chosen.name}. This page can be closed.`;
  if (tenants.length === 0) return 'No organisation of Xero was authorised: begin again, and choose one.';
  return 'Several organisations are authorised: set XERO_TENANT_ID to the one that is to be read.';
}
