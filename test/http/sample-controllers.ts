import { Body, Controller, Get, Param, Post, Put, Req, Res } from '@nestjs/common';
import { IsInt, IsString, ValidateNested } from 'class-validator';
import { Type } from 'class-transformer';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Can, Public } from '../../src/shared/access/permissions.js';
import { bytesOf } from '../../src/shared/http/bodies.js';
import { IfMatch, requireRevision, setEtag } from '../../src/shared/http/revision.js';
import { CodedError, type ErrorKind } from '../../src/shared/kernel/coded-error.js';

class Inner {
  @IsInt()
  count: number;
}

class Outer {
  @IsString()
  title: string;

  @ValidateNested({ each: true })
  @Type(() => Inner)
  parts: Inner[];
}

@Controller('admin/v1/things')
export class Things {
  private revision = 3;

  @Post()
  @Can('configure', 'Form')
  create(@Body() body: Outer) {
    return body;
  }

  @Get('failing/:kind')
  @Can('read', 'Run')
  fail(@Param('kind') kind: string) {
    if (kind === 'unknown') throw new Error('password=hunter2 at /srv/secret/path.ts');
    if (kind === 'pool') throw new Error('timeout exceeded when trying to connect');
    if (kind === 'disk') throw Object.assign(new Error('could not extend file'), { code: '53100' });
    // eslint-disable-next-line @typescript-eslint/only-throw-error
    if (kind === 'thing') throw 'a text';
    const options = { retryAfterMs: kind === 'transient' ? 12_345 : undefined, details: { hint: 'x' } };
    throw new CodedError('TEST.FAILED', kind as ErrorKind, 'It failed.', options);
  }

  @Get('document')
  @Can('read', 'Form')
  read(@Res({ passthrough: true }) reply: FastifyReply) {
    setEtag(reply, this.revision);
    return { revision: this.revision };
  }

  @Put('document')
  @Can('configure', 'Form')
  write(@IfMatch() expected: number) {
    requireRevision(expected, this.revision);
    this.revision += 1;
    return { revision: this.revision };
  }
}

@Controller('webhooks')
export class Hooks {
  @Post(['raw', 'large'])
  @Public('verifies a signature')
  accept(@Req() request: FastifyRequest) {
    return { length: bytesOf(request).length, hex: bytesOf(request).subarray(0, 16).toString('hex') };
  }
}
