// Telemetry core replaced by nothing.
'use strict';
exports.AppInsightsCore = class AppInsightsCore {
  initialize() {}
  track() {}
  flush() {}
  unload() {}
  pollInternalLogs() {}
};
