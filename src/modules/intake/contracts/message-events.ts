import { IsArray, IsIn, IsISO8601, IsObject, IsOptional, IsString, IsUUID, MaxLength } from 'class-validator';
import { Event } from '../../../shared/kernel/message.js';

export const messageChannels = ['whatsapp', 'email'] as const;
export type MessageChannel = (typeof messageChannels)[number];

/** Who wrote. WhatsApp's users may hide their number: then the user id alone identifies them. */
export interface Sender {
  /** What `address` is. */
  readonly kind: 'email' | 'phone' | 'user';
  /** E-mail address in lower case, phone number in E.164, or the provider's user id. */
  readonly address: string;
  readonly name?: string;
  /** The provider's own id of the person, where it gives one beside the address. */
  readonly userId?: string;
}

/** A file of a message: stored already (`id`), or to be fetched from the provider (`mediaId`). */
export interface FileRef {
  readonly id?: string;
  readonly mediaId?: string;
  readonly name: string;
  readonly mediaType: string;
  /** Bytes, where known. */
  readonly size?: number;
}

export const messageKinds = [
  'text', 'image', 'document', 'audio', 'video', 'sticker', 'location', 'contacts', 'choice', 'order', 'system', 'unsupported',
] as const; // prettier-ignore
export type MessageKind = (typeof messageKinds)[number];

/** A person wrote to the business, by WhatsApp or e-mail. */
@Event('intake.message-received.v1')
export class MessageReceived {
  @IsUUID()
  messageId: string;

  @IsIn(messageChannels)
  channel: MessageChannel;

  /** Where it arrived: our address, or our phone number's id. */
  @IsString()
  @MaxLength(320)
  mailbox: string;

  /** The same for all messages of one conversation, as far as the channel tells. */
  @IsString()
  @MaxLength(1_000)
  conversation: string;

  @IsObject()
  sender: Sender;

  @IsIn(messageKinds)
  kind: MessageKind;

  @IsISO8601()
  sentAt: string;

  @IsOptional()
  @IsString()
  @MaxLength(1_000)
  subject?: string;

  /** Plain text without the quoted history; empty where there is none. */
  @IsString()
  text: string;

  /** `choice`: which of our buttons or list rows was chosen. */
  @IsOptional()
  @IsObject()
  choice?: { readonly id: string; readonly title: string };

  @IsArray()
  files: readonly FileRef[];

  /** The provider's id of the message (wamid, Message-ID). */
  @IsString()
  @MaxLength(1_000)
  reference: string;

  /** The provider's id of the message that it answers. */
  @IsOptional()
  @IsString()
  @MaxLength(1_000)
  inReplyTo?: string;

  /** Until when it may be answered freely (WhatsApp: 24 hours after the message's own time). */
  @IsOptional()
  @IsISO8601()
  replyUntil?: string;

  constructor(init: MessageReceived) {
    Object.assign(this, init);
  }
}

/** A person reacted to a message with an emoji, or took that back (empty). */
@Event('intake.reaction-received.v1')
export class ReactionReceived {
  @IsIn(messageChannels)
  channel: MessageChannel;

  @IsString()
  @MaxLength(320)
  mailbox: string;

  @IsObject()
  sender: Sender;

  @IsString()
  @MaxLength(100)
  emoji: string;

  /** The provider's id of the message that was reacted to. */
  @IsString()
  @MaxLength(1_000)
  to: string;

  @IsISO8601()
  sentAt: string;

  constructor(init: ReactionReceived) {
    Object.assign(this, init);
  }
}

export const messageStatuses = ['sent', 'delivered', 'read', 'played', 'failed'] as const;
export type MessageStatus = (typeof messageStatuses)[number];

/** How far a message of ours has come. */
@Event('intake.message-status-changed.v1')
export class MessageStatusChanged {
  @IsIn(messageChannels)
  channel: MessageChannel;

  @IsString()
  @MaxLength(320)
  mailbox: string;

  /** The provider's id of our message. */
  @IsString()
  @MaxLength(1_000)
  reference: string;

  @IsIn(messageStatuses)
  status: MessageStatus;

  @IsISO8601()
  at: string;

  /** What we gave the provider to tell our message by. */
  @IsOptional()
  @IsString()
  @MaxLength(500)
  tag?: string;

  /** `failed`: the provider's code and what it says. */
  @IsOptional()
  @IsObject()
  error?: { readonly code: number; readonly message: string };

  constructor(init: MessageStatusChanged) {
    Object.assign(this, init);
  }
}

/** The provider has a problem with our account, not with a message. */
@Event('intake.channel-troubled.v1')
export class ChannelTroubled {
  @IsIn(messageChannels)
  channel: MessageChannel;

  @IsString()
  @MaxLength(100)
  code: string;

  @IsString()
  @MaxLength(1_000)
  message: string;

  @IsISO8601()
  at: string;

  constructor(init: ChannelTroubled) {
    Object.assign(this, init);
  }
}
