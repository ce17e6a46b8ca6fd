import { Clock } from '../kernel/clock.js'; // breaks: @typescript-eslint/consistent-type-imports

type Kind = 'transient' | 'permanent' | 'uncertain';

export function read(text: string, body: any): string { // breaks: @typescript-eslint/no-explicit-any
  const parsed = JSON.parse(text); // breaks: @typescript-eslint/no-unsafe-assignment
  send(body.id); // breaks: @typescript-eslint/no-unsafe-argument @typescript-eslint/no-unsafe-member-access
  body(); // breaks: @typescript-eslint/no-unsafe-call
  return parsed; // breaks: @typescript-eslint/no-unsafe-return
}

export function statusOf(kind: Kind, clock: Clock): number {
  switch (kind) { // breaks: @typescript-eslint/switch-exhaustiveness-check
    case 'transient':
      return clock.now().getTime();
    case 'permanent':
      return 422;
  }
  return kind == 'uncertain' ? 202 : 500; // breaks: eqeqeq
}

export function retried(kind: Kind): boolean {
  switch (kind) {
    case 'transient':
      return true;
    default:
      return false;
  }
}

function send(id: string): string {
  return id;
}

export default statusOf; // breaks: no-restricted-exports
