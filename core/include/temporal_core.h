// The C ABI over Temporal's Rust core: the only door between this SDK and the protocol engine.
//
// Shape:   options travel as UTF-8 JSON (cold paths; the keys are in core/README.md), tasks and RPCs as protobuf bytes
//          (hot paths).
// Memory:  a `tcore_ref` is borrowed for the call; a `tcore_buf` is owned by the receiver and freed once
//          with tcore_buf_free. Callbacks receive buffers by value and own them.
// Threads: every function may be called from any thread unless it says otherwise. Callbacks run on
//          the core's own threads (or, for argument errors, on the caller's): they must not block and must
//          not throw.
// Errors:  a function that can fail returns TCORE_OK or TCORE_ERROR with a message in `*err`; no panic
//          and no exception crosses the border.

#ifndef TEMPORAL_CORE_H
#define TEMPORAL_CORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TCORE_ABI_VERSION 2

#define TCORE_OK 0
#define TCORE_SHUTDOWN 1
#define TCORE_ERROR 2

#define TCORE_TASK_WORKFLOW 1
#define TCORE_TASK_ACTIVITY 2

#define TCORE_SERVICE_WORKFLOW 1
#define TCORE_SERVICE_OPERATOR 2
#define TCORE_SERVICE_HEALTH 3

#define TCORE_RPC_RETRY 1

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tcore_runtime tcore_runtime;
typedef struct tcore_connection tcore_connection;
typedef struct tcore_cancel tcore_cancel;
typedef struct tcore_worker tcore_worker;
typedef struct tcore_feeder tcore_feeder;
typedef struct tcore_slots tcore_slots;

typedef struct tcore_ref { const uint8_t *data; size_t len; } tcore_ref;
typedef struct tcore_buf { uint8_t *data; size_t len; size_t cap; } tcore_buf;

// level: 0 trace, 1 debug, 2 info, 3 warn, 4 error. May be re-entered from any thread; must not call back in.
typedef void (*tcore_log_fn)(void *user, int32_t level, uint64_t unix_ms, tcore_ref target, tcore_ref message,
                             tcore_ref fields_json);
// Fires exactly once. TCORE_OK: `result` is the answer (may be empty). TCORE_ERROR: `result` is the message.
typedef void (*tcore_done_fn)(void *user, int32_t status, tcore_buf result);
// Fires exactly once; `connection` is null on failure and `error` says why, as JSON {"kind","message"}.
typedef void (*tcore_connect_fn)(void *user, tcore_connection *connection, tcore_buf error);
// Fires exactly once. grpc_code 0: `response` holds the message. -1: refused locally, `message` says why.
typedef void (*tcore_rpc_fn)(void *user, int32_t grpc_code, tcore_buf response, tcore_buf message, tcore_buf details);
// Fires once per task. TCORE_OK: `task` is a coresdk WorkflowActivation or ActivityTask. TCORE_ERROR: `task` is the
// message of a polling error, the pump goes on. TCORE_SHUTDOWN: the last call for that kind.
typedef void (*tcore_task_fn)(void *user, uint32_t kind, int32_t status, tcore_buf task);

typedef void (*tcore_slot_fn)(void *user, uint64_t number);
typedef uint64_t (*tcore_slot_try_fn)(void *user);
typedef void (*tcore_slot_end_fn)(void *user);

// Slots that the caller hands out one by one. Core asks for a permit before it polls: one in an empty poll is not in use.
// All functions but `end` are needed. Each may be called at any time and on several threads at once.
typedef struct tcore_slot_supplier {
    void *user;
    tcore_slot_fn reserve;         // somebody waits for a permit under this number: to be answered with tcore_slots_grant
    tcore_slot_fn withdraw;        // nobody waits under this number any more
    tcore_slot_try_fn try_reserve; // a permit at once, or 0
    tcore_slot_fn mark_used;       // the permit has got its task
    tcore_slot_fn release;         // the permit is given back, whether it was used or not
    tcore_slot_end_fn end;         // the last call
} tcore_slot_supplier;

// TCORE_ABI_VERSION of the library: a caller built against another one must not go on.
uint32_t tcore_abi_version(void);
// Frees a buffer of this library, once; an empty one is nothing.
void tcore_buf_free(tcore_buf buf);

// Starts the core's threads. On success `info_or_error` is JSON {"metrics_address"}. Without `log` nothing is logged;
// `log_user` lives until tcore_runtime_free has returned.
int32_t tcore_runtime_new(tcore_ref options_json, tcore_log_fn log, void *log_user, tcore_runtime **out, tcore_buf *info_or_error);
// Fires what callbacks are outstanding, then ends; blocks for up to 10 s. Free all that was made from it first. Not to be
// called from a callback: there it returns at once, and the log goes on for a while.
void tcore_runtime_free(tcore_runtime *runtime);

// The standard client configuration: the variables TEMPORAL_* over a profile of temporal.toml, as JSON.
int32_t tcore_env_config(tcore_ref options_json, tcore_buf *profile_json_or_error);

// Connects and asks the server who it is, within `connect_timeout_ms`.
void tcore_connect(tcore_runtime *runtime, tcore_ref options_json, tcore_connect_fn done, void *user);
// Changes the API key or the headers, for the workers made from the connection too.
int32_t tcore_connection_update(tcore_connection *connection, tcore_ref options_json, tcore_buf *err);
// The calls and workers made from it go on.
void tcore_connection_free(tcore_connection *connection);

// One handle cancels the calls it was given to, which then answer with gRPC code 1. It may be freed while they run.
tcore_cancel *tcore_cancel_new(void);
void tcore_cancel_fire(tcore_cancel *cancel);
void tcore_cancel_free(tcore_cancel *cancel);

// Calls `method`, named as in the .proto ("StartWorkflowExecution"), with protobuf bytes. `metadata_json`: an object of
// headers, or empty. `flags`: TCORE_RPC_RETRY or 0. `timeout_ms` is for all tries together; 0 keeps core's own (30 s, or 70 s
// for a long poll of a history or an update). A time-out answers with gRPC code 4. `cancel` may be null.
void tcore_rpc(tcore_connection *connection, uint32_t service, tcore_ref method, tcore_ref request, tcore_ref metadata_json,
               uint32_t flags, uint64_t timeout_ms, tcore_cancel *cancel, tcore_rpc_fn done, void *user);

// Null if one of the functions is missing.
tcore_slots *tcore_slots_new(tcore_slot_supplier supplier);
// Answers a reservation, once, also from within `reserve`. False if nobody waits for it any more: the permit is then nobody's.
bool tcore_slots_grant(tcore_slots *slots, uint64_t reservation, uint64_t permit);
// The workers made with it go on; `end` is called after the last of them.
void tcore_slots_free(tcore_slots *slots);

// Makes a worker. It polls from tcore_worker_start on. `activity_slots` may be null; else they are instead of
// max_outstanding_activities.
int32_t tcore_worker_new(tcore_runtime *runtime, tcore_connection *connection, tcore_ref options_json, tcore_slots *activity_slots,
                         tcore_worker **out, tcore_buf *err);
// Fails if the namespace is missing; the answer is a coresdk.NamespaceInfo. Once, before the start: core learns the
// namespace's limits from it.
void tcore_worker_validate(tcore_worker *worker, tcore_done_fn done, void *user);
// Begins to poll for the kinds, TCORE_TASK_* joined by |; each once, and all that the options enable.
void tcore_worker_start(tcore_worker *worker, uint32_t kinds, tcore_task_fn on_task, void *user);
// Takes a coresdk.workflow_completion.WorkflowActivationCompletion. The run's next activation may arrive before `done`
// fires. Without `done` an error goes to the log.
void tcore_worker_complete_activation(tcore_worker *worker, tcore_ref completion, tcore_done_fn done, void *user);
// Takes a coresdk.ActivityTaskCompletion. Without `done` an error goes to the log.
void tcore_worker_complete_activity(tcore_worker *worker, tcore_ref completion, tcore_done_fn done, void *user);
// Takes a coresdk.ActivityHeartbeat; core throttles. A cancel arrives as a task.
int32_t tcore_worker_heartbeat(tcore_worker *worker, tcore_ref heartbeat, tcore_buf *err);
// The eviction arrives as an activation. An unknown run is ignored.
void tcore_worker_request_eviction(tcore_worker *worker, tcore_ref run_id);
// Returns at once. Tasks go on to arrive, evictions among them, until each kind had its TCORE_SHUTDOWN.
void tcore_worker_initiate_shutdown(tcore_worker *worker);
// Initiates the shutdown if that was not done, waits for TCORE_SHUTDOWN of each kind and for the completions under way, and
// ends the worker. TCORE_ERROR if tasks were left uncompleted for graceful_shutdown_ms + 60 s. No task arrives afterwards.
void tcore_worker_finalize(tcore_worker *worker, tcore_done_fn done, void *user);
// After the finalize. Without one the worker shuts down, and its callbacks go on until it has.
void tcore_worker_free(tcore_worker *worker);

// A worker that replays what is pushed into `feeder`, one history at a time; start it with TCORE_TASK_WORKFLOW. Each history
// ends with an eviction, whose reason tells whether the code fitted.
int32_t tcore_replayer_new(tcore_runtime *runtime, tcore_ref options_json, tcore_worker **out, tcore_feeder **feeder, tcore_buf *err);
// Takes a temporal.api.history.v1.History. `done` fires when there is room for it, not when it was replayed; with TCORE_ERROR if
// it cannot be replayed at all.
void tcore_feeder_push(tcore_feeder *feeder, tcore_ref workflow_id, tcore_ref history, tcore_done_fn done, void *user);
// The end of the stream: the replayer shuts down after what was pushed so far.
void tcore_feeder_free(tcore_feeder *feeder);

#ifdef __cplusplus
}
#endif

#endif
