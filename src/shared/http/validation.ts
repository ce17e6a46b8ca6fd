import { ValidationPipe } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import { ValidationFailed } from './http.errors.js';
import type { ProblemItem } from './problem.js';

const maxItems = 50;

/** Validates what controllers take by their DTO classes: unknown properties are refused, never dropped in silence. */
export function createValidationPipe(): ValidationPipe {
  return new ValidationPipe({
    transform: true,
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: true,
    validationError: { target: false, value: false },
    exceptionFactory: (found) => ValidationFailed({ details: { errors: itemsOf(found).slice(0, maxItems) } }),
  });
}

function itemsOf(found: readonly ValidationError[], parent = ''): ProblemItem[] {
  return found.flatMap(({ property, constraints = {}, children = [] }) => {
    const pointer = property === undefined ? parent : `${parent}/${escapePointer(property)}`;
    const own = Object.values(constraints).map((message) => ({ pointer, message: message.slice(0, 300) }));
    return [...own, ...itemsOf(children, pointer)];
  });
}

/** RFC 6901, section 3. */
function escapePointer(segment: string): string {
  return segment.slice(0, 100).replaceAll('~', '~0').replaceAll('/', '~1');
}
