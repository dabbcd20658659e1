/*
 * The submission protocol with leases, takeover and reconciliation, for spin.
 *
 * `ops/model/check` searches it completely; it also plants faults and requires that spin finds
 * them. Steps, states and events have the names of the code: `WorkerHooks.Step`, `JobPhase`,
 * `JobEvent`, `SubmissionOutcome`. The steps beside those of `WorkerHooks` are the other places
 * where a process may die or sleep between two effects.
 *
 * What is modelled
 * - Workers with tasks, each of which does one transaction, request or decision at a time. One with
 *   two tasks can win a job back while its old task still works on it.
 * - Jobs of one lane: same operation, same target, same user in Komodo. Whether they may be sent
 *   again by themselves is open. A second job is an order like the first, or is made by a person
 *   who resolves the first one's unknown outcome.
 * - kill -9 of a worker at every step; requests that have left go on travelling.
 * - SIGSTOP of a worker at every step: it takes no step while the clock ticks, and heartbeats or
 *   not. SIGCONT: it takes its next step.
 * - Graceful ends of workers, cancels, deadlines, start windows that close. Where there are two
 *   jobs workers are only killed, and only the first job may be cancelled, expire, or be one that
 *   is never sent again: this keeps the number of states small.
 * - A Komodo that refuses, is busy, loses requests and answers, gets requests late, cannot be read,
 *   or may not be read any more. `success` stands for every end of a run but a cancelled one.
 *
 * What is assumed
 * - A request that has left is with Komodo or lost within DELIVERY, and what its sender has not
 *   sent when it dies or gives up never leaves.
 * - The fence's last look at the clock and the leaving of the body are one step.
 * - A read shows every run that was accepted before it began.
 * - Nobody else uses our user in Komodo on this target.
 *
 * Time
 * Ticks, which come at any moment, stand for some seconds. The waits have the least lengths at
 * which the protocol holds: with GRACE one shorter spin finds a second submission. In the code,
 * too, GRACE + REQUEST_TIMEOUT must be longer than DELIVERY.
 *
 * Left out
 * The budget (a job without a token goes the way of one that was not delivered), repeats of failed
 * runs, health, several lanes, parking in a lane, operations for which Komodo gives no id.
 *
 * Switches
 * - JOBS, WORKERS, TASKS, STRAYS: sizes. ENDS: checks that every job ends once trouble is over.
 * - Planted faults: NO_FENCE, SHORT_GRACE, INTENT_AFTER_SENDING, TAKES_LIVE_OWNER,
 *   RESENDS_WITHOUT_EVIDENCE, NO_LEASE_CHECK, ENDS_UNSETTLED, NO_LOOK, TRUSTS_ANY_DEATH. TWICE:
 *   checks nothing but promise 2.
 * - Limits: SLOW_DELIVERY and SLEEP_AFTER_FENCE break an assumption.
 * - WAITS_FOR_STRAYS: nothing counts as never started while a former owner lives.
 */

/* One step as one transition; as `atomic`, spin tells which statements were never reached. */
#ifndef STEP
#define STEP d_step
#endif

#ifndef WORKERS
#define WORKERS 2
#endif
#ifndef JOBS
#define JOBS 1
#endif

#ifndef TASKS
#define TASKS 3
#endif
/* How many tasks that have lost their leases a takeover may add to. */
#ifndef STRAYS
#define STRAYS 1
#endif

/* Of two workers with three tasks the first one has two; else each has one. */
#if WORKERS < TASKS
#define WORKER(t) ((t) / 2)
#define isFirst(t) ((t) != 1)
#define isNext(t) ((t) != 1 || step[0] != nothing)
#else
#define WORKER(t) (t)
#define isFirst(t) true
#define isNext(t) (((t) < 1 || step[0] != nothing) && ((t) < 2 || step[1] != nothing))
#endif

/* Lengths in ticks. */
#define SEND_WINDOW 1
#define REQUEST_TIMEOUT 1
#define LEASE 1
#ifdef SHORT_GRACE
#define GRACE 1
#else
#define GRACE 2
#endif
#ifdef SLOW_DELIVERY
#define DELIVERY 4
#else
#define DELIVERY 2
#endif

/* Owners of leases beside the tasks. */
#define NOBODY TASKS
#define DEAD (TASKS + 1)
/* Instead of a job. */
#define NO_JOB JOBS
#define NOT_YET 255

mtype = {
    /* Steps of a task. */
    nothing, intending, intentRecorded, aboutToSend, gateOpen, asleep, sent, answered,
    outcomeRecorded, judged, following, concluding,
    /* Steps and states. */
    claimed, reconciling,
    /* States of a job. */
    unborn, queued, backoff, sending, running,
    success, rejected, expired, deadline, outcomeUnknown, beforeSend,
    remoteCancelled,
    /* Outcomes of a submission and of looks, beside those above. */
    none, accepted, undelivered, withheld, busy, ambiguous,
    evidenceFound, evidenceAmbiguous, evidenceAbsent, targetRefused,
    /* Runs in Komodo, beside those above. */
    inProgress
};

/* Jobs, as the database has them. */
mtype state[JOBS];
/* The task that holds the lease. A task stands for one tenure, like the number of a lease. */
byte lease[JOBS];
bool holdsLane[JOBS];
bool cancelRequested[JOBS];
/* An earlier request counts as never started. */
bool doubted[JOBS];
/* Runs the user's own code, and is never sent again by itself. */
bool asks[JOBS];
/* The watermark of the second job is newer than the run of the first. */
bool watermark;
/* The job whose run this one follows; in a sound world itself. */
byte remote[JOBS];
/* Ticks since the intent; as if its send window were over once its sender can send no more. */
byte intentAge[JOBS];
#define QUIET (SEND_WINDOW + REQUEST_TIMEOUT)

/* Komodo: at most one run of a job, and the job that has adopted it. */
mtype update[JOBS];
byte owner[JOBS];
/* Requests on their way: the ticks that are left plus one, and the task that waits. */
byte flight[JOBS * 2];
byte waiter[JOBS * 2];

/* Tasks. */
mtype step[TASKS];
byte job[TASKS];
mtype answer[TASKS];
/* The run that a look has found. */
byte found[TASKS];
/* Ticks since the moment that was noted before the intent was written. */
byte age[TASKS];
/* Ticks since the first clean look. */
byte clean[TASKS];
/* Has looked since the last tick. */
bool looked[TASKS];

/* Ticks since the last heartbeat. */
byte silence[WORKERS];

/* For loops inside of steps; zero outside. */
byte i;

#ifdef ENDS
/* No more trouble from now on: nobody dies or sleeps, Komodo is there, and answers arrive. */
bool calm;
#else
#define calm false
#endif

#define isTerminal(s) (s == success || s == rejected || s == expired \
    || s == deadline || s == outcomeUnknown || s == beforeSend || s == remoteCancelled)
/* Ends which say that nothing ran. */
#define saysNothingRan(s) (s == rejected || s == expired || s == beforeSend)
#define isComplete(r) (r != none && r != inProgress)

#if JOBS == 1
#define othersHoldLane(j) false
#define othersRunning(j) false
#define othersInFlight(j) false
#else
#define othersHoldLane(j) (holdsLane[1 - (j)])
#define othersRunning(j) (update[1 - (j)] == inProgress)
#define othersInFlight(j) (flight[2 - 2 * (j)] > 0 || flight[3 - 2 * (j)] > 0)
#endif

/* `SQLiteJobStore.holds`, and the guard of every write. */
#ifdef NO_LEASE_CHECK
#define holdsLease(t) true
#else
#define holdsLease(t) (lease[job[t]] == t)
#endif

#ifdef NO_FENCE
#define isInTime(t) true
#define fenceHolds(t) true
#else
#define isInTime(t) (age[t] <= SEND_WINDOW)
#define fenceHolds(t) (isInTime(t) && holdsLease(t))
#endif

/* ---------------------------------------------------------------- properties */

inline release(j) {
    lease[j] = NOBODY;
    intentAge[j] = 0;
    forgetSilence()
}

/* The silence of who owns nothing means nothing. */
inline forgetSilence() {
#if JOBS == 1
    silence[0] = 0; silence[1] = 0; silence[WORKERS - 1] = 0
#else
    skip
#endif
}

/* With TWICE only promise 2 is checked, to see what a fault does to it. */
#ifdef TWICE
#define require(x) skip
#else
#define require(x) assert(x)
#endif

/* A terminal state is never left. */
inline become(j, s) {
    require(!isTerminal(state[j]));
    state[j] = s
}

/* An end which says that nothing ran is true. */
inline end(j, s) {
    become(j, s);
    require(!saysNothingRan(s) || update[j] == none);
    release(j);
    holdsLane[j] = false; cancelRequested[j] = false; doubted[j] = false; asks[j] = false
}

/* The bytes of a request leave. */
inline leave(t, j) {
    /* Promise 2: never sent a second time while the first may have started. */
    assert(update[j] == none && flight[2 * j] == 0 && flight[2 * j + 1] == 0);
    /* What runs the user's own code is never sent a second time. */
    require(!(asks[j] && doubted[j]));
    /* One lane has one submission under way. */
    require(!othersInFlight(j));
    require(holdsLane[j]);
    if
    :: flight[2 * j] == 0 -> flight[2 * j] = DELIVERY + 1; waiter[2 * j] = t
    :: else -> flight[2 * j + 1] = DELIVERY + 1; waiter[2 * j + 1] = t
    fi
}

/* Komodo begins a run. */
inline accept(j, r) {
    /* Promise 2, as Komodo sees it: at most one acceptance. */
    assert(update[j] == none);
    require(!saysNothingRan(state[j]));
    update[j] = r
}

/* The job follows a run from now on; the database keeps every run to one job. */
inline adopt(t, j, r) {
    if
    :: owner[r] == NO_JOB ->
        /* What is adopted is the job's own run. */
        require(r == j);
        become(j, running);
        owner[r] = j; remote[j] = r; intentAge[j] = 0;
        step[t] = outcomeRecorded
    :: else ->
        /* update_contested */
        end(j, outcomeUnknown);
        idle(t)
    fi
}

/* ---------------------------------------------------------------- tasks */

inline forget(t) {
    answer[t] = none; found[t] = 0; age[t] = 0; clean[t] = 0; looked[t] = false
}

inline idle(t) {
    step[t] = nothing; job[t] = 0;
    forget(t)
}

/*
 * A task that has lost its lease and only has to find that out does so at once, and what it has
 * heard counts no more: this keeps the number of states small. Where it would write or send, it is
 * the check of the lease that stops it.
 */
inline stray(t) {
#ifndef NO_LEASE_CHECK
    if
    :: step[t] == answered || step[t] == judged -> answer[t] = none; found[t] = 0
    :: step[t] == outcomeRecorded || step[t] == reconciling || step[t] == following ||
        step[t] == concluding -> idle(t)
    :: else
    fi
#else
    skip
#endif
}

inline begin(t, j, s) {
    step[t] = s; job[t] = j; lease[j] = t;
    silence[WORKER(t)] = 0;
    forgetSilence()
}

inline conclude(t, s) {
    answer[t] = s; age[t] = 0;
    step[t] = answered
}

inline giveUp(t, s) {
    conclude(t, s);
    if
    :: lease[job[t]] != t -> stray(t)
    :: else
    fi
}

/* The sender is dead, or has its answer. */
inline fallSilent(j) {
    if
    :: intentAge[j] < SEND_WINDOW -> intentAge[j] = SEND_WINDOW
    :: else
    fi
}

inline judge(t, verdict) {
    answer[t] = verdict; clean[t] = 0; looked[t] = false;
    step[t] = judged
}

/* `unsentSubmission`: back to pending, with the lane. */
inline unsent(t, j, s) {
    if
    :: cancelRequested[j] -> end(j, beforeSend)
    :: else -> become(j, s); release(j)
    fi;
    idle(t)
}

/* Nothing that has left can still be travelling. */
#ifdef ENDS_UNSETTLED
#define isSettled(j) true
#else
#define isSettled(j) (intentAge[j] >= QUIET + GRACE)
#endif

/* Runs that can be the job's: Komodo cannot tell those of one user apart. */
#if JOBS == 1
#define candidate(r) (update[r] != none && owner[r] == NO_JOB)
#define candidates(j) (candidate(0))
#define firstCandidate(j) 0
#else
#define candidate(r) (update[r] != none && owner[r] == NO_JOB)
/* The runs before the intent, which the look after an unknown outcome has shown. */
#define isOld(j, r) ((j) == 1 && (r) == 0 && watermark)
#define candidates(j) ((candidate(0) && !isOld(j, 0)) + candidate(1))
#define firstCandidate(j) ((candidate(0) && !isOld(j, 0)) -> 0 : 1)
#endif

/* Which of several idle tasks, or of several idle workers with one, goes next means nothing. */
#define isFree(t) (step[t] == nothing && isNext(t))

#define isClaimable(j) (state[j] == queued && !othersHoldLane(j))
#define isOrphan(j) (lease[j] == NOBODY && (state[j] == claimed || state[j] == sending \
    || state[j] == reconciling || state[j] == running || (state[j] == deadline && holdsLane[j])))
#define isLive(t, j) (lease[j] < TASKS && WORKER(lease[j]) != WORKER(t))
/* `Liveness.yields`: what may be being sent has to wait for a grace more. */
#ifdef TAKES_LIVE_OWNER
#define yields(j) true
#else
#define yields(j) (silence[WORKER(lease[j])] > LEASE + ((state[j] == sending \
    || state[j] == reconciling) -> GRACE : 0))
#endif
/* Tasks that have lost their leases and may still do something. */
#define isStray(t) (step[t] != nothing && lease[job[t]] != t)
#if TASKS == 3
#define strays (isStray(0) + isStray(1) + isStray(2))
#else
#define strays (isStray(0) + isStray(1))
#endif
#ifdef WAITS_FOR_STRAYS
#define isDisturbed (strays > 0)
#else
#define isDisturbed false
#endif
#define isTakeable(t, j) (lease[j] == DEAD || isOrphan(j) \
    || (isLive(t, j) && yields(j) && strays < STRAYS))

/* ownerLost */
inline takeOver(t, j) {
    if
    :: lease[j] < TASKS -> stray(lease[j])
    :: else
    fi;
    if
    :: state[j] == claimed -> become(j, queued); release(j)
    :: state[j] == sending || state[j] == reconciling ->
#ifdef RESENDS_WITHOUT_EVIDENCE
        become(j, queued); release(j)
#else
        if
        /* Who reconciles is not always who has sent. */
#ifdef TRUSTS_ANY_DEATH
        :: lease[j] == DEAD -> fallSilent(j)
#else
        :: lease[j] == DEAD && state[j] == sending -> fallSilent(j)
#endif
        :: else
        fi;
        become(j, reconciling);
        begin(t, j, reconciling);
        clean[t] = NOT_YET
#endif
    :: else -> begin(t, j, following)
    fi
}

/* A run in which nothing ran is never evidence again, because it had an owner. */
inline forgetRun(j) {
    update[remote[j]] = none; owner[remote[j]] = NO_JOB; remote[j] = 0
}

#if JOBS == 1
#define isAwaited(t) ((flight[0] > 0 && waiter[0] == t) || (flight[1] > 0 && waiter[1] == t))
#else
#define isAwaited(t) ((flight[0] > 0 && waiter[0] == t) || (flight[1] > 0 && waiter[1] == t) \
    || (flight[2] > 0 && waiter[2] == t) || (flight[3] > 0 && waiter[3] == t))
#endif

inline stopWaiting(t) {
    for (i : 0 .. JOBS * 2 - 1) {
        if
        :: waiter[i] == t -> waiter[i] = NOBODY
        :: else
        fi
    }
    i = 0
}

proctype Task(byte t) {
    do
    /* Claim. */
    :: STEP { isFree(t) && isClaimable(0) ->
        become(0, claimed); holdsLane[0] = true; begin(t, 0, claimed) }
    :: STEP { isFree(t) && isTakeable(t, 0) -> takeOver(t, 0) }
#if JOBS > 1
    :: STEP { isFree(t) && isClaimable(1) && !isClaimable(0) ->
        become(1, claimed); holdsLane[1] = true; begin(t, 1, claimed) }
    :: STEP { isFree(t) && isTakeable(t, 1) -> takeOver(t, 1) }
#endif

    /* Komodo cannot be asked, or there is no token. */
    :: STEP { step[t] == claimed && !calm ->
        if
        :: holdsLease(t) && state[job[t]] == claimed -> unsent(t, job[t], backoff)
        :: else -> idle(t)
        fi }
    /* Where an earlier request counts as never started, a look comes first. */
    :: STEP { step[t] == claimed && doubted[job[t]] && candidates(job[t]) > 0 ->
        found[t] = firstCandidate(job[t]);
        judge(t, (candidates(job[t]) == 1 -> evidenceFound : evidenceAmbiguous)) }
    /* The moment is noted before the write, in which the process may sleep. */
    :: STEP { step[t] == claimed && !(doubted[job[t]] && candidates(job[t]) > 0) ->
#ifdef INTENT_AFTER_SENDING
        step[t] = aboutToSend
#else
#if JOBS > 1 && !defined(NO_LOOK)
        /* After an outcome that is unknown a look shows the newest run. */
        if
        :: job[t] == 1 && state[0] == outcomeUnknown && !doubted[1] -> watermark = (update[0] != none)
        :: else
        fi;
#endif
        step[t] = intending
#endif
        }
    /* Intent: one transaction. */
    :: STEP { step[t] == intending ->
        if
        :: holdsLease(t) && state[job[t]] == claimed ->
            become(job[t], sending);
#ifdef INTENT_AFTER_SENDING
            step[t] = sent
#else
            step[t] = intentRecorded
#endif
        :: else -> idle(t)
        fi }

    /* Connect. */
    :: STEP { step[t] == intentRecorded && !calm -> giveUp(t, undelivered) }
    :: STEP { step[t] == intentRecorded -> step[t] = aboutToSend }
    /* The gate: time, lease, and time again, which is looked at as the body leaves. */
    :: STEP { step[t] == aboutToSend ->
        if
        :: fenceHolds(t) -> step[t] = gateOpen
        :: else -> giveUp(t, withheld)
        fi }
#ifdef SLEEP_AFTER_FENCE
    :: STEP { step[t] == gateOpen ->
        if
        :: isInTime(t) -> step[t] = asleep; age[t] = 0
        :: else -> giveUp(t, withheld)
        fi }
    :: STEP { step[t] == asleep -> leave(t, job[t]); step[t] = sent }
#else
    :: STEP { step[t] == gateOpen ->
        if
        :: isInTime(t) ->
            age[t] = 0;
            leave(t, job[t]);
#ifdef INTENT_AFTER_SENDING
            step[t] = intending
#else
            step[t] = sent
#endif
        :: else -> giveUp(t, withheld)
        fi }
#endif
    /* A reset, or no answer in time. */
    :: STEP { step[t] == sent && (!calm || !isAwaited(t)) ->
        stopWaiting(t); giveUp(t, ambiguous) }

    /* The outcome is written down. */
    :: STEP { step[t] == answered ->
        if
        :: !holdsLease(t) || state[job[t]] != sending -> idle(t)
        :: else ->
            if
            :: answer[t] == accepted -> adopt(t, job[t], job[t])
            :: answer[t] == rejected -> end(job[t], rejected); idle(t)
            :: answer[t] == withheld -> unsent(t, job[t], queued)
            :: answer[t] == undelivered -> unsent(t, job[t], backoff)
            :: answer[t] == busy ->
                if
                :: doubted[job[t]] -> end(job[t], outcomeUnknown); idle(t)
                :: else -> unsent(t, job[t], backoff)
                fi
            :: answer[t] == ambiguous ->
#ifdef RESENDS_WITHOUT_EVIDENCE
                unsent(t, job[t], queued)
#else
                fallSilent(job[t]);
                become(job[t], reconciling);
                step[t] = outcomeRecorded
#endif
            fi
        fi }
    :: STEP { step[t] == outcomeRecorded ->
        forget(t);
        if
        :: state[job[t]] == reconciling -> step[t] = reconciling; clean[t] = NOT_YET
        :: else -> step[t] = following
        fi }

    /* Reconcile: one look a tick. */
    :: STEP { step[t] == reconciling && !looked[t] && !holdsLease(t) -> idle(t) }
    :: STEP { step[t] == reconciling && !looked[t] && holdsLease(t) && !calm ->
        clean[t] = NOT_YET; looked[t] = true }
    :: STEP { step[t] == reconciling && !looked[t] && holdsLease(t) && !calm ->
        if
        :: isSettled(job[t]) -> judge(t, targetRefused)
        :: else -> clean[t] = NOT_YET; looked[t] = true
        fi }
    :: STEP { step[t] == reconciling && !looked[t] && holdsLease(t) ->
        if
        :: candidates(job[t]) > 1 ->
            if
            :: isSettled(job[t]) -> judge(t, evidenceAmbiguous)
            :: else -> looked[t] = true
            fi
        :: candidates(job[t]) == 1 ->
            found[t] = firstCandidate(job[t]);
            judge(t, evidenceFound)
        :: else ->
            if
            :: intentAge[job[t]] < QUIET -> looked[t] = true
            :: else ->
                if
                :: clean[t] == NOT_YET -> clean[t] = 0; looked[t] = true
                :: clean[t] != NOT_YET && (clean[t] < GRACE || isDisturbed) -> looked[t] = true
                :: clean[t] != NOT_YET && clean[t] >= GRACE && !isDisturbed ->
                    judge(t, evidenceAbsent)
                fi
            fi
        fi }
    :: STEP { step[t] == judged ->
        if
        :: !holdsLease(t) || state[job[t]] != reconciling -> idle(t)
        :: else ->
            if
            :: answer[t] == evidenceFound -> adopt(t, job[t], found[t])
            :: answer[t] == evidenceAmbiguous || answer[t] == targetRefused ->
                end(job[t], outcomeUnknown); idle(t)
            :: answer[t] == evidenceAbsent ->
                if
                :: asks[job[t]] -> end(job[t], outcomeUnknown)
                :: !asks[job[t]] && cancelRequested[job[t]] -> end(job[t], beforeSend)
                :: else ->
                    become(job[t], queued); release(job[t]); doubted[job[t]] = true
                fi;
                idle(t)
            fi
        fi }

    /* Follow. */
    :: STEP { step[t] == following && state[job[t]] == running && holdsLease(t) && !calm ->
        become(job[t], deadline) }
    :: STEP { step[t] == following && state[job[t]] == running && holdsLease(t) &&
        cancelRequested[job[t]] && update[remote[job[t]]] == inProgress ->
        update[remote[job[t]]] = remoteCancelled }
    :: STEP { step[t] == following && !holdsLease(t) -> idle(t) }
    :: STEP { step[t] == following && isComplete(update[remote[job[t]]]) ->
        step[t] = concluding }
    :: STEP { step[t] == concluding ->
        if
        :: !holdsLease(t) || (state[job[t]] != running && state[job[t]] != deadline) -> skip
        :: holdsLease(t) && state[job[t]] == deadline ->
            /* The late outcome is settled; the state stays. */
            holdsLane[job[t]] = false; release(job[t])
        :: else ->
            if
            :: update[remote[job[t]]] == busy && cancelRequested[job[t]] ->
                /* It was accepted, but Komodo says that nothing ran. */
                forgetRun(job[t]);
                if
                :: doubted[job[t]] -> end(job[t], outcomeUnknown)
                :: else -> end(job[t], beforeSend)
                fi
            :: update[remote[job[t]]] == busy && !cancelRequested[job[t]] ->
                forgetRun(job[t]);
                become(job[t], backoff); release(job[t])
            :: else -> end(job[t], update[remote[job[t]]])
            fi
        fi;
        idle(t) }

    /* Heartbeat. */
    :: STEP { isFirst(t) && silence[WORKER(t)] > 0 -> silence[WORKER(t)] = 0 }
    od
}


/* ---------------------------------------------------------------- Komodo */

inline reply(f, s) {
    if
    :: waiter[f] != NOBODY ->
        conclude(waiter[f], s);
        if
        :: lease[f / 2] != waiter[f] -> stray(waiter[f])
        :: else
        fi
    :: else
    fi;
    arrive(f)
}

inline arrive(f) {
    flight[f] = 0; waiter[f] = NOBODY
}

#define handle(f) \
    :: STEP { flight[f] > 0 && !othersRunning(f / 2) -> \
        accept(f / 2, inProgress); reply(f, accepted) } \
    /* The answer is lost. */ \
    :: STEP { flight[f] > 0 && !othersRunning(f / 2) && waiter[f] != NOBODY && !calm -> \
        accept(f / 2, inProgress); arrive(f) } \
    /* The target is at work, with our other job or with something of somebody else: the answer \
       says so, or a run that failed for it. */ \
    :: STEP { flight[f] > 0 && (othersRunning(f / 2) || !calm) -> reply(f, busy) } \
    :: STEP { flight[f] > 0 && (othersRunning(f / 2) || !calm) -> \
        accept(f / 2, busy); reply(f, accepted) } \
    :: STEP { flight[f] > 0 && !calm -> reply(f, rejected) } \
    /* `throttled`, `unauthorized` and `unavailable` mean the same to the job. */ \
    :: STEP { flight[f] > 0 && !calm -> reply(f, undelivered) } \
    /* The request is lost. */ \
    :: STEP { flight[f] > 0 && !calm -> arrive(f) }

proctype Komodo() {
    do
    handle(0)
    handle(1)
    :: update[0] == inProgress -> update[0] = success
#if JOBS > 1
    handle(2)
    handle(3)
    :: update[1] == inProgress -> update[1] = success
#endif
    od
}

/* ---------------------------------------------------------------- surroundings */

#define works(t, w) (WORKER(t) == w && step[t] != nothing)
#define isWorking(w) (works(0, w) || works(1, w) || works(TASKS - 1, w))

/* kill -9, and a new process at once. */
inline kill(w) {
    for (i : 0 .. TASKS - 1) {
        if
        :: WORKER(i) == w && step[i] != nothing && lease[job[i]] == i -> lease[job[i]] = DEAD
        :: else
        fi
    }
    stop(w)
}

/* A graceful end: what cannot be being sent is given back. */
inline retire(w) {
    for (i : 0 .. TASKS - 1) {
        if
        :: WORKER(i) == w && step[i] != nothing && lease[job[i]] == i ->
            if
            :: state[job[i]] == claimed -> become(job[i], queued); release(job[i])
            :: state[job[i]] == sending -> lease[job[i]] = DEAD
            :: else -> lease[job[i]] = NOBODY
            fi
        :: else
        fi
    }
    stop(w)
}

inline stop(w) {
    for (i : 0 .. JOBS * 2 - 1) {
        if
        :: waiter[i] != NOBODY && WORKER(waiter[i]) == w -> waiter[i] = NOBODY
        :: else
        fi
    }
    for (i : 0 .. TASKS - 1) {
        if
        :: WORKER(i) == w -> idle(i)
        :: else
        fi
    }
    silence[w] = 0;
    i = 0
}

#define end_of(w) \
    :: STEP { !calm && isWorking(w) -> kill(w) } \
    :: STEP { !calm && isWorking(w) && JOBS == 1 -> retire(w) }

#define ask(j) \
    :: STEP { state[j] == queued || state[j] == backoff || state[j] == claimed -> \
        end(j, beforeSend) } \
    :: STEP { (state[j] == sending || state[j] == reconciling || state[j] == running) \
        && !cancelRequested[j] -> cancelRequested[j] = true } \
    :: STEP { state[j] == queued || state[j] == backoff -> end(j, expired) }

proctype Surroundings() {
    do
    end_of(0)
    end_of(1)
#if WORKERS > 2
    end_of(2)
#endif
    ask(0)
#if JOBS > 1
    /* resolve --retry and --adopt */
    :: STEP { state[0] == outcomeUnknown && state[1] == unborn -> state[1] = queued }
    :: STEP { state[0] == outcomeUnknown && state[1] == unborn && candidate(0) ->
        state[1] = running; owner[0] = 1; remote[1] = 0; holdsLane[1] = true }
#endif
#ifdef ENDS
    :: STEP { !calm -> calm = true }
#endif
    od
}

/* ---------------------------------------------------------------- time */

/* The silence of others means nothing. */
#if JOBS == 1
#define isOwner(w) (lease[0] < TASKS && WORKER(lease[0]) == w)
#else
#define isOwner(w) ((lease[0] < TASKS && WORKER(lease[0]) == w) \
    || (lease[1] < TASKS && WORKER(lease[1]) == w))
#endif

#define isFenced(s) (s == intending || s == intentRecorded || s == aboutToSend || s == gateOpen)

/* In calm times all that can happen happens before the clock ticks. */
#define waits(t) (step[t] == nothing || (step[t] == reconciling && looked[t]))
#define isIdle (step[0] == nothing || step[1] == nothing || step[TASKS - 1] == nothing)
#define isDue(j) (isIdle && (isClaimable(j) || lease[j] == DEAD || isOrphan(j)))
#define isBusy(j) (flight[2 * (j)] > 0 || flight[2 * (j) + 1] > 0 || update[j] == inProgress)
#if JOBS == 1
#define isAnythingLeft (isDue(0) || isBusy(0))
#else
#define isAnythingLeft (isDue(0) || isBusy(0) || isDue(1) || isBusy(1))
#endif
#define allWait (waits(0) && waits(1) && waits(TASKS - 1) && !isAnythingLeft)
#if JOBS > 1
#define deliveryIsDue (flight[0] == 1 || flight[1] == 1 || flight[2] == 1 || flight[3] == 1)
#else
#define deliveryIsDue (flight[0] == 1 || flight[1] == 1)
#endif

inline advance(counter, max) {
    if
    :: counter < max -> counter++
    :: else
    fi
}

inline tick() {
    for (i : 0 .. JOBS * 2 - 1) {
        if
        :: flight[i] > 0 -> flight[i]--
        :: else
        fi
    }
    for (i : 0 .. JOBS - 1) {
        if
        :: state[i] == sending || state[i] == reconciling -> advance(intentAge[i], QUIET + GRACE)
        :: state[i] == backoff -> state[i] = queued
        :: else
        fi
    }
    for (i : 0 .. TASKS - 1) {
        if
        :: isFenced(step[i]) -> advance(age[i], SEND_WINDOW + 1)
        :: step[i] == reconciling ->
            looked[i] = false;
            if
            :: clean[i] != NOT_YET -> advance(clean[i], GRACE)
            :: else
            fi
        :: else
        fi
    }
    for (i : 0 .. WORKERS - 1) {
        if
        :: isOwner(i) && !calm -> advance(silence[i], LEASE + GRACE + 1)
        :: else -> silence[i] = 0
        fi
    }
    i = 0
}

proctype Clock() {
    do
    :: STEP { !deliveryIsDue && (!calm || allWait) -> tick() }
    od
}

/* ---------------------------------------------------------------- start */

init {
    byte t;
    atomic {
        for (t : 0 .. JOBS - 1) {
            lease[t] = NOBODY; owner[t] = NO_JOB; update[t] = none; state[t] = queued;
            if
            :: asks[t] = true
            :: asks[t] = false
            fi
        }
#if JOBS > 1
        asks[1] = false;
#endif
        for (t : 0 .. JOBS * 2 - 1) {
            waiter[t] = NOBODY
        }
#if JOBS > 1
        if
        :: state[1] = unborn
        :: skip
        fi;
#endif
        for (t : 0 .. TASKS - 1) {
            step[t] = nothing; answer[t] = none;
            run Task(t)
        }
        run Komodo();
        run Surroundings();
        run Clock()
    }
}

#ifdef ENDS
#if JOBS > 1
#define allEnded ((isTerminal(state[0]) || state[0] == unborn) && !holdsLane[0] \
    && (isTerminal(state[1]) || state[1] == unborn) && !holdsLane[1])
#else
#define allEnded (isTerminal(state[0]) && !holdsLane[0])
#endif
/* Promise 1: every job ends, once trouble is over. */
ltl ends { [] (calm -> <> allEnded) }
#endif
