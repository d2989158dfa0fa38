/** What a user of the site, or the person who starts it, gets to see. */
export type Symptom =
  | '400'
  | '403'
  | '404'
  | '413'
  | '500'
  | '502'
  | '504'
  | 'start'
  | 'wrong reply'
  | 'logs'
  | 'security'
  | 'downtime'
  /** Nothing yet: a later mistake is not told. */
  | 'hidden';
