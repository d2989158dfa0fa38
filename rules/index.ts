import type { Rule } from '../src/lint/rule.js';
import { rule as gunicornBadValue } from './gunicorn/bad-value.js';
import { rule as gunicornConfigNotLoaded } from './gunicorn/config-not-loaded.js';
import { rule as gunicornDaemon } from './gunicorn/daemon.js';
import { rule as gunicornDeprecatedSetting } from './gunicorn/deprecated-setting.js';
import { rule as gunicornHiddenSetting } from './gunicorn/hidden-setting.js';
import { rule as gunicornMaxRequestsJitter } from './gunicorn/max-requests-jitter.js';
import { rule as gunicornUnknownOption } from './gunicorn/unknown-option.js';
import { rule as gunicornUnknownSetting } from './gunicorn/unknown-setting.js';
import { rule as gunicornWorkerTmpDir } from './gunicorn/worker-tmp-dir.js';
import { rule as gwlintUnusedIgnore } from './gwlint/unused-ignore.js';
import { rule as headersDuplicate } from './headers/duplicate.js';
import { rule as headersInheritanceLost } from './headers/inheritance-lost.js';
import { rule as headersMissingForwarded } from './headers/missing-forwarded.js';
import { rule as headersMissingHost } from './headers/missing-host.js';
import { rule as headersUnderscore } from './headers/underscore.js';
import { rule as headersUntrusted } from './headers/untrusted.js';
import { rule as limitsAddressSpace } from './limits/address-space.js';
import { rule as limitsBodySize } from './limits/body-size.js';
import { rule as limitsConnections } from './limits/connections.js';
import { rule as limitsNginxBufferRelation } from './limits/nginx-buffer-relation.js';
import { rule as limitsRequestHeader } from './limits/request-header.js';
import { rule as limitsResponseHeader } from './limits/response-header.js';
import { rule as limitsTooFewWorkers } from './limits/too-few-workers.js';
import { rule as limitsUnixPathTooLong } from './limits/unix-path-too-long.js';
import { rule as limitsUploadUnbuffered } from './limits/upload-unbuffered.js';
import { rule as nginxBadArguments } from './nginx/bad-arguments.js';
import { rule as nginxBadValue } from './nginx/bad-value.js';
import { rule as nginxDuplicateDirective } from './nginx/duplicate-directive.js';
import { rule as nginxDuplicateListen } from './nginx/duplicate-listen.js';
import { rule as nginxDuplicateUpstream } from './nginx/duplicate-upstream.js';
import { rule as nginxMissingInclude } from './nginx/missing-include.js';
import { rule as nginxProxyPassUri } from './nginx/proxy-pass-uri.js';
import { rule as nginxSyntax } from './nginx/syntax.js';
import { rule as nginxTemplatePlaceholder } from './nginx/template-placeholder.js';
import { rule as nginxTlsWithoutCertificate } from './nginx/tls-without-certificate.js';
import { rule as nginxUnknownDirective } from './nginx/unknown-directive.js';
import { rule as nginxUnknownVariable } from './nginx/unknown-variable.js';
import { rule as nginxUpstreamParameter } from './nginx/upstream-parameter.js';
import { rule as nginxWrongContext } from './nginx/wrong-context.js';
import { rule as processCannotStart } from './process/cannot-start.js';
import { rule as processHealthPort } from './process/health-port.js';
import { rule as processMissingFile } from './process/missing-file.js';
import { rule as processShellForm } from './process/shell-form.js';
import { rule as protocolAppInterface } from './protocol/app-interface.js';
import { rule as protocolBufferedStream } from './protocol/buffered-stream.js';
import { rule as protocolKeepaliveIneffective } from './protocol/keepalive-ineffective.js';
import { rule as protocolMismatch } from './protocol/mismatch.js';
import { rule as protocolMissingUwsgiParams } from './protocol/missing-uwsgi-params.js';
import { rule as protocolTlsSni } from './protocol/tls-sni.js';
import { rule as protocolWebsocketUpgrade } from './protocol/websocket-upgrade.js';
import { rule as protocolWrongModuleDirective } from './protocol/wrong-module-directive.js';
import { rule as pythonAllowedHosts } from './python/allowed-hosts.js';
import { rule as pythonBindsPort } from './python/binds-port.js';
import { rule as pythonBlockingInAsync } from './python/blocking-in-async.js';
import { rule as pythonDebugInProduction } from './python/debug-in-production.js';
import { rule as pythonDevServerBehindGateway } from './python/dev-server-behind-gateway.js';
import { rule as pythonDjangoSetup } from './python/django-setup.js';
import { rule as pythonExitAtImport } from './python/exit-at-import.js';
import { rule as pythonExitInRequest } from './python/exit-in-request.js';
import { rule as pythonForkUnsafe } from './python/fork-unsafe.js';
import { rule as pythonLoggingSilenced } from './python/logging-silenced.js';
import { rule as pythonMissingCallable } from './python/missing-callable.js';
import { rule as pythonMissingModule } from './python/missing-module.js';
import { rule as pythonSelfRequest } from './python/self-request.js';
import { rule as pythonServerAtImport } from './python/server-at-import.js';
import { rule as pythonSettingsModule } from './python/settings-module.js';
import { rule as pythonSlowImport } from './python/slow-import.js';
import { rule as pythonSslRedirectLoop } from './python/ssl-redirect-loop.js';
import { rule as pythonSyntaxError } from './python/syntax-error.js';
import { rule as pythonWsgiContract } from './python/wsgi-contract.js';
import { rule as routingAliasSlash } from './routing/alias-slash.js';
import { rule as routingPrefixRewrite } from './routing/prefix-rewrite.js';
import { rule as routingPrefixTakenTwice } from './routing/prefix-taken-twice.js';
import { rule as routingStaticPath } from './routing/static-path.js';
import { rule as routingTryFiles } from './routing/try-files.js';
import { rule as routingUnreachable } from './routing/unreachable.js';
import { rule as routingVariableDropsUri } from './routing/variable-drops-uri.js';
import { rule as timeoutBadNumber } from './timeout/bad-number.js';
import { rule as timeoutCallOutlivesWorker } from './timeout/call-outlives-worker.js';
import { rule as timeoutCallWithoutTimeout } from './timeout/call-without-timeout.js';
import { rule as timeoutConnectTimeout } from './timeout/connect-timeout.js';
import { rule as timeoutDisabled } from './timeout/disabled.js';
import { rule as timeoutGatewayBeforeWorker } from './timeout/gateway-before-worker.js';
import { rule as timeoutGracefulStop } from './timeout/graceful-stop.js';
import { rule as timeoutHarakiriWithThreads } from './timeout/harakiri-with-threads.js';
import { rule as timeoutHarakiriWithoutMaster } from './timeout/harakiri-without-master.js';
import { rule as timeoutKeepaliveRace } from './timeout/keepalive-race.js';
import { rule as timeoutPlatformLimit } from './timeout/platform-limit.js';
import { rule as timeoutWorkerBeforeGateway } from './timeout/worker-before-gateway.js';
import { rule as upstreamAddressMismatch } from './upstream/address-mismatch.js';
import { rule as upstreamInvalidAddress } from './upstream/invalid-address.js';
import { rule as upstreamLocalhostTwoAddresses } from './upstream/localhost-two-addresses.js';
import { rule as upstreamLoopbackAcrossPlaces } from './upstream/loopback-across-places.js';
import { rule as upstreamNamePinned } from './upstream/name-pinned.js';
import { rule as upstreamNoLiveServers } from './upstream/no-live-servers.js';
import { rule as upstreamNoSharedNetwork } from './upstream/no-shared-network.js';
import { rule as upstreamOpenAppPort } from './upstream/open-app-port.js';
import { rule as upstreamPortConflict } from './upstream/port-conflict.js';
import { rule as upstreamProxyLoop } from './upstream/proxy-loop.js';
import { rule as upstreamPublishedPort } from './upstream/published-port.js';
import { rule as upstreamResolverMissing } from './upstream/resolver-missing.js';
import { rule as upstreamSocketNotShared } from './upstream/socket-not-shared.js';
import { rule as upstreamSocketPermission } from './upstream/socket-permission.js';
import { rule as upstreamSocketRemoved } from './upstream/socket-removed.js';
import { rule as upstreamStartOrder } from './upstream/start-order.js';
import { rule as upstreamUnknownName } from './upstream/unknown-name.js';
import { rule as uwsgiConfigNotLoaded } from './uwsgi/config-not-loaded.js';
import { rule as uwsgiEndsWhenIdle } from './uwsgi/ends-when-idle.js';
import { rule as uwsgiInlineComment } from './uwsgi/inline-comment.js';
import { rule as uwsgiOptionOrder } from './uwsgi/option-order.js';
import { rule as uwsgiPlaceholder } from './uwsgi/placeholder.js';
import { rule as uwsgiPlugin } from './uwsgi/plugin.js';
import { rule as uwsgiSection } from './uwsgi/section.js';
import { rule as uwsgiStopSignal } from './uwsgi/stop-signal.js';
import { rule as uwsgiSyntax } from './uwsgi/syntax.js';
import { rule as uwsgiThreadsDisabled } from './uwsgi/threads-disabled.js';
import { rule as uwsgiUnknownOption } from './uwsgi/unknown-option.js';
import { rule as uwsgiVirtualenv } from './uwsgi/virtualenv.js';

/** Every rule, by id. `test/catalogue.test.ts` proves the list complete and in order. */
export const rules: readonly Rule[] = [
  gunicornBadValue,
  gunicornConfigNotLoaded,
  gunicornDaemon,
  gunicornDeprecatedSetting,
  gunicornHiddenSetting,
  gunicornMaxRequestsJitter,
  gunicornUnknownOption,
  gunicornUnknownSetting,
  gunicornWorkerTmpDir,
  gwlintUnusedIgnore,
  headersDuplicate,
  headersInheritanceLost,
  headersMissingForwarded,
  headersMissingHost,
  headersUnderscore,
  headersUntrusted,
  limitsAddressSpace,
  limitsBodySize,
  limitsConnections,
  limitsNginxBufferRelation,
  limitsRequestHeader,
  limitsResponseHeader,
  limitsTooFewWorkers,
  limitsUnixPathTooLong,
  limitsUploadUnbuffered,
  nginxBadArguments,
  nginxBadValue,
  nginxDuplicateDirective,
  nginxDuplicateListen,
  nginxDuplicateUpstream,
  nginxMissingInclude,
  nginxProxyPassUri,
  nginxSyntax,
  nginxTemplatePlaceholder,
  nginxTlsWithoutCertificate,
  nginxUnknownDirective,
  nginxUnknownVariable,
  nginxUpstreamParameter,
  nginxWrongContext,
  processCannotStart,
  processHealthPort,
  processMissingFile,
  processShellForm,
  protocolAppInterface,
  protocolBufferedStream,
  protocolKeepaliveIneffective,
  protocolMismatch,
  protocolMissingUwsgiParams,
  protocolTlsSni,
  protocolWebsocketUpgrade,
  protocolWrongModuleDirective,
  pythonAllowedHosts,
  pythonBindsPort,
  pythonBlockingInAsync,
  pythonDebugInProduction,
  pythonDevServerBehindGateway,
  pythonDjangoSetup,
  pythonExitAtImport,
  pythonExitInRequest,
  pythonForkUnsafe,
  pythonLoggingSilenced,
  pythonMissingCallable,
  pythonMissingModule,
  pythonSelfRequest,
  pythonServerAtImport,
  pythonSettingsModule,
  pythonSlowImport,
  pythonSslRedirectLoop,
  pythonSyntaxError,
  pythonWsgiContract,
  routingAliasSlash,
  routingPrefixRewrite,
  routingPrefixTakenTwice,
  routingStaticPath,
  routingTryFiles,
  routingUnreachable,
  routingVariableDropsUri,
  timeoutBadNumber,
  timeoutCallOutlivesWorker,
  timeoutCallWithoutTimeout,
  timeoutConnectTimeout,
  timeoutDisabled,
  timeoutGatewayBeforeWorker,
  timeoutGracefulStop,
  timeoutHarakiriWithThreads,
  timeoutHarakiriWithoutMaster,
  timeoutKeepaliveRace,
  timeoutPlatformLimit,
  timeoutWorkerBeforeGateway,
  upstreamAddressMismatch,
  upstreamInvalidAddress,
  upstreamLocalhostTwoAddresses,
  upstreamLoopbackAcrossPlaces,
  upstreamNamePinned,
  upstreamNoLiveServers,
  upstreamNoSharedNetwork,
  upstreamOpenAppPort,
  upstreamPortConflict,
  upstreamProxyLoop,
  upstreamPublishedPort,
  upstreamResolverMissing,
  upstreamSocketNotShared,
  upstreamSocketPermission,
  upstreamSocketRemoved,
  upstreamStartOrder,
  upstreamUnknownName,
  uwsgiConfigNotLoaded,
  uwsgiEndsWhenIdle,
  uwsgiInlineComment,
  uwsgiOptionOrder,
  uwsgiPlaceholder,
  uwsgiPlugin,
  uwsgiSection,
  uwsgiStopSignal,
  uwsgiSyntax,
  uwsgiThreadsDisabled,
  uwsgiUnknownOption,
  uwsgiVirtualenv,
];
