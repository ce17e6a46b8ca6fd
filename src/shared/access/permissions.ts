import { applyDecorators, type CustomDecorator, SetMetadata } from '@nestjs/common';
import { ApiExtension } from '@nestjs/swagger';
import type { Action, Subject } from './abilities.js';

export interface Permission {
  readonly action: Action;
  readonly subject: Subject;
}

export const permissionKey = 'access:permission';
export const publicKey = 'access:public';

/** States on a route which ability a caller needs. The OpenAPI document shows it as `x-permission`. */
export function Can(action: Action, subject: Subject): MethodDecorator & ClassDecorator {
  return applyDecorators(
    SetMetadata(permissionKey, { action, subject } satisfies Permission),
    ApiExtension('x-permission', { action, subject }),
  );
}

/** States that a route needs no API key, and why: it verifies signatures itself, or has nothing to hide. */
export function Public(reason: string): CustomDecorator {
  return SetMetadata(publicKey, reason);
}
