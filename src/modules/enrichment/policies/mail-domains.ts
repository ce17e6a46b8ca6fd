/** Well-known providers of free mailboxes. An address there says nothing of the person's company. */
export const freeMailDomains: readonly string[] = `
  gmail.com googlemail.com outlook.com hotmail.com hotmail.co.uk hotmail.fr hotmail.de hotmail.it hotmail.es live.com
  live.co.uk live.nl live.fr msn.com yahoo.com yahoo.co.uk yahoo.de yahoo.fr yahoo.es yahoo.it yahoo.co.in yahoo.co.jp
  yahoo.com.br yahoo.ca ymail.com rocketmail.com aol.com icloud.com me.com mac.com proton.me protonmail.com pm.me
  tutanota.com tuta.io zoho.com fastmail.com hey.com mail.com email.com gmx.com gmx.de gmx.net gmx.at gmx.ch web.de
  t-online.de freenet.de posteo.de mailbox.org orange.fr wanadoo.fr free.fr laposte.net sfr.fr libero.it virgilio.it
  tiscali.it terra.com.br uol.com.br bol.com.br wp.pl o2.pl onet.pl interia.pl seznam.cz mail.ru yandex.ru yandex.com
  rambler.ru ukr.net qq.com 163.com 126.com sina.com naver.com daum.net hanmail.net rediffmail.com ziggo.nl kpnmail.nl
  telenet.be skynet.be bluewin.ch btinternet.com sky.com virginmedia.com comcast.net verizon.net att.net sbcglobal.net
  cox.net bellsouth.net shaw.ca bigpond.com optusnet.com.au xtra.co.nz`
  .trim()
  .split(/\s+/);

/** Well-known providers of mailboxes that last for minutes. */
export const disposableDomains: readonly string[] = `
  mailinator.com guerrillamail.com guerrillamail.net sharklasers.com 10minutemail.com 10minutemail.net temp-mail.org
  tempmail.com tempmail.net tempail.com yopmail.com yopmail.fr trashmail.com trash-mail.com throwawaymail.com
  getnada.com maildrop.cc mailnesia.com dispostable.com fakeinbox.com mintemail.com mohmal.com emailondeck.com
  spamgourmet.com mytemp.email discard.email byom.de wegwerfmail.de`
  .trim()
  .split(/\s+/);

/** Mailboxes of a function instead of a person. */
export const roleLocalParts: readonly string[] = `
  info sales contact contacto kontakt hello hi office admin administrator support help helpdesk service team mail post
  marketing press media pr hr jobs careers billing accounts accounting invoice invoices finance buchhaltung legal
  privacy abuse security webmaster postmaster hostmaster noreply no-reply newsletter enquiries inquiries orders shop
  reception`
  .trim()
  .split(/\s+/);

/** Domains that are misspelt most. */
export const typoDomains: readonly string[] = `
  gmail.com googlemail.com hotmail.com outlook.com yahoo.com icloud.com aol.com protonmail.com live.com gmx.de
  web.de`
  .trim()
  .split(/\s+/);
