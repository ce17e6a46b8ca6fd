import { Injectable, type OnModuleInit } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { rolesThatCan } from './abilities.js';
import { type Permission, permissionKey, publicKey } from './permissions.js';

/** Refuses to start while a route doesn't say who may use it. */
@Injectable()
export class RouteCheck implements OnModuleInit {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
  ) {}

  /** @throws Error naming every route that is wrong */
  onModuleInit(): void {
    const problems = this.discovery.getControllers().flatMap(({ metatype }) => {
      return typeof metatype === 'function' ? this.problemsOf(metatype as ControllerClass) : [];
    });
    if (problems.length > 0) throw new Error(`Routes without a sound policy:\n  ${problems.join('\n  ')}`);
  }

  private problemsOf(controller: ControllerClass): string[] {
    const prototype = controller.prototype as Record<string, object>;
    return this.scanner
      .getAllMethodNames(prototype)
      .filter((name) => Reflect.hasMetadata(METHOD_METADATA, prototype[name] ?? {}))
      .flatMap((name) => {
        const handler = prototype[name] ?? {};
        const problem = problemOf(controller, handler);
        return problem === undefined
          ? []
          : [`${pathOf(controller, handler)} (${controller.name}.${name}) ${problem}`];
      });
  }
}

type ControllerClass = abstract new (...args: never[]) => unknown;

function problemOf(controller: object, handler: object): string | undefined {
  const permission =
    metadata<Permission>(permissionKey, handler) ?? metadata<Permission>(permissionKey, controller);
  const reason = metadata<string>(publicKey, handler) ?? metadata<string>(publicKey, controller);
  if (permission && reason !== undefined) return 'has both @Can and @Public';
  if (permission) {
    const { action, subject } = permission;
    return rolesThatCan(action, subject).length > 0
      ? undefined
      : `needs ${action} ${subject}, which no role gives`;
  }
  if (reason === undefined) return 'has neither @Can nor @Public';
  if (reason.trim() === '') return 'is public for no reason';
  return pathOf(controller, handler).startsWith('/admin') ? 'is public below /admin' : undefined;
}

function metadata<T>(key: string, target: object): T | undefined {
  return Reflect.getMetadata(key, target) as T | undefined;
}

function pathOf(controller: object, handler: object): string {
  const parts = [
    metadata<string | string[]>(PATH_METADATA, controller),
    metadata<string | string[]>(PATH_METADATA, handler),
  ];
  const path = parts
    .map((part) =>
      [part ?? '']
        .flat()
        .join('|')
        .replace(/^\/|\/$/g, ''),
    )
    .filter(Boolean);
  return `/${path.join('/')}`;
}
