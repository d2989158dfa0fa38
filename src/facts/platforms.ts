/** What a hosting platform puts in front of the application, and when that gives up on a request. */
export interface PlatformFacts {
  readonly name: string;
  /** Seconds until the router answers in the application's place. */
  readonly limit: number;
  /** What the user sees then. */
  readonly seen: string;
}

/**
 * Heroku: "Request Timeout" of the Dev Center (the first byte within 30 s, error H12, a 503; not to be changed). Elastic Beanstalk: the nginx that it
 * puts before the application waits 60 s, as does its load balancer; both can be changed below `.ebextensions` and `.platform`.
 */
export const platforms = {
  heroku: { name: 'Heroku', limit: 30, seen: '503 and error H12' },
  beanstalk: { name: 'Elastic Beanstalk', limit: 60, seen: '504' },
} as const satisfies Readonly<Record<string, PlatformFacts>>;
