import { GoneException } from '@nestjs/common'; // breaks: no-restricted-imports

export function late(at: number): unknown[] {
  return [
    new Date(at),
    new Date(), // breaks: no-restricted-syntax
    Date(), // breaks: no-restricted-syntax
    Date.now(), // breaks: no-restricted-syntax
    performance.now(), // breaks: no-restricted-syntax
    Math.random(), // breaks: no-restricted-syntax
    GoneException,
  ];
}
