import { aboutTypes, type CrmAbout } from '../contracts.js';
import { RecordRejected } from '../crm.errors.js';
import { isRecordId } from './deal-properties.js';

/** What a note or task is about, checked: its id goes into paths of calls. @throws CRM.RECORD_REJECTED */
export function checkedAbout(about: CrmAbout): CrmAbout {
  const { type, id } = about;
  const isKnown = aboutTypes.includes(type) && typeof id === 'string' && isRecordId(id);
  if (!isKnown) throw RecordRejected({ message: 'What it is about is no id of a record.' });
  return { type, id };
}
