import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString, MaxLength } from 'class-validator';

/** Where a person gives consent. */
export class ConsentDto {
  @ApiProperty({
    type: String,
    description: 'To be opened in a browser, by whoever may connect the organisation.',
  })
  url: string;

  @ApiProperty({ type: String, format: 'date-time', description: 'Until then the person has to be back.' })
  expiresAt: Date;
}

/** What the provider adds to the address to which it sends the person back. */
export class OauthReturnDto {
  @ApiProperty({ type: String })
  @IsString()
  @MaxLength(200)
  state: string;

  @ApiPropertyOptional({ type: String })
  @IsOptional()
  @IsString()
  @MaxLength(4_000)
  code?: string;

  @ApiPropertyOptional({ type: String, description: 'Instead of a code, when the person said no.' })
  @IsOptional()
  @IsString()
  @MaxLength(200)
  error?: string;

  @IsOptional()
  @IsString()
  @MaxLength(1_000)
  error_description?: string;

  /** What was granted; the tokens say it too. */
  @IsOptional()
  @IsString()
  @MaxLength(2_000)
  scope?: string;

  @IsOptional()
  @IsString()
  @MaxLength(500)
  session_state?: string;

  @IsOptional()
  @IsString()
  @MaxLength(500)
  iss?: string;
}

export class OrganisationDto {
  @ApiProperty({ type: String })
  id: string;

  @ApiProperty({ type: String })
  name: string;
}

export class AuthorizedDto {
  @ApiProperty({ type: String, description: 'What was done, and what is left to do.' })
  message: string;

  @ApiProperty({
    type: OrganisationDto,
    nullable: true,
    description: 'The organisation that is read from now on.',
  })
  organisation: OrganisationDto | null;

  @ApiProperty({ type: [OrganisationDto], description: 'All that were authorised.' })
  authorised: readonly OrganisationDto[];
}
