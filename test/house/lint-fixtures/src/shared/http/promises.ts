declare function send(): Promise<boolean>;

export function sendAll(items: string[]): void {
  send(); // breaks: @typescript-eslint/no-floating-promises
  items.forEach(async () => { // breaks: @typescript-eslint/no-misused-promises
    await send();
  });
  // @ts-expect-error: the compiler sees this one as well, elsewhere only the linter does.
  if (send()) { // breaks: @typescript-eslint/no-misused-promises
    console.log('sent'); // breaks: no-console
  }
  void send();
}

export async function sendOrFalse(): Promise<boolean> {
  try {
    return send(); // breaks: @typescript-eslint/return-await
  } catch {
    return false;
  }
}
