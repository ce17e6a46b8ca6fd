import { Controller, Get, Header } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Public } from '../access/permissions.js';
import { errorCatalogue } from '../kernel/coded-error.js';
import { statusOf } from './problem-status.js';

/** Where the `type` of a problem leads: a page with every error that there is. */
@ApiExcludeController()
@Controller('docs/errors')
export class ErrorsPageController {
  @Get()
  @Public('documentation')
  @Header('content-type', 'text/html; charset=utf-8')
  page(): string {
    const rows = errorCatalogue().map(
      (error) =>
        `<tr id="${escapeHtml(error.code)}"><td><code>${escapeHtml(error.code)}</code></td>` +
        `<td>${statusOf(error)}</td><td>${error.kind}</td><td>${escapeHtml(error.summary)}</td></tr>`,
    );
    return (
      `<!doctype html><html lang="en"><meta charset="utf-8"><title>Errors</title><h1>Errors</h1>` +
      `<table><tr><th>Code</th><th>Status</th><th>Kind</th><th>Meaning</th></tr>${rows.join('\n')}</table></html>`
    );
  }
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
