import { MigrationInterface } from 'typeorm'; // breaks: @typescript-eslint/consistent-type-imports

export type Up = MigrationInterface['up'];
