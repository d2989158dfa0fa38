import type { Rule } from '../src/lint/rule.js';
import { rule as gunicornConfigNotLoaded } from './gunicorn/config-not-loaded.js';
import { rule as nginxSyntax } from './nginx/syntax.js';
import { rule as protocolMismatch } from './protocol/mismatch.js';
import { rule as protocolWrongModuleDirective } from './protocol/wrong-module-directive.js';
import { rule as pythonBindsPort } from './python/binds-port.js';
import { rule as pythonDjangoSetup } from './python/django-setup.js';
import { rule as pythonMissingCallable } from './python/missing-callable.js';
import { rule as pythonMissingModule } from './python/missing-module.js';
import { rule as pythonServerAtImport } from './python/server-at-import.js';
import { rule as pythonSyntaxError } from './python/syntax-error.js';
import { rule as timeoutBadNumber } from './timeout/bad-number.js';
import { rule as timeoutGatewayBeforeWorker } from './timeout/gateway-before-worker.js';
import { rule as upstreamAddressMismatch } from './upstream/address-mismatch.js';
import { rule as upstreamInvalidAddress } from './upstream/invalid-address.js';
import { rule as upstreamLoopbackAcrossPlaces } from './upstream/loopback-across-places.js';
import { rule as upstreamNoSharedNetwork } from './upstream/no-shared-network.js';
import { rule as upstreamPublishedPort } from './upstream/published-port.js';
import { rule as upstreamSocketNotShared } from './upstream/socket-not-shared.js';
import { rule as upstreamUnknownName } from './upstream/unknown-name.js';

/** Every rule, by id. `test/catalogue.test.ts` proves the list complete and in order. */
export const rules: readonly Rule[] = [
  gunicornConfigNotLoaded,
  nginxSyntax,
  protocolMismatch,
  protocolWrongModuleDirective,
  pythonBindsPort,
  pythonDjangoSetup,
  pythonMissingCallable,
  pythonMissingModule,
  pythonServerAtImport,
  pythonSyntaxError,
  timeoutBadNumber,
  timeoutGatewayBeforeWorker,
  upstreamAddressMismatch,
  upstreamInvalidAddress,
  upstreamLoopbackAcrossPlaces,
  upstreamNoSharedNetwork,
  upstreamPublishedPort,
  upstreamSocketNotShared,
  upstreamUnknownName,
];
