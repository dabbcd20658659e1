internal import MCP
internal import Synchronization

/// The tasks of the fixture, in memory, and their work.
final class TaskBoard: Sendable {
    /// What a task does; its answer is the task's.
    typealias Work = @Sendable (TaskDesk) async throws -> CallResult

    /// A task that is to be worked on.
    struct Job: Sendable {
        let id: String
        let work: Work
        let stop: AsyncStream<Void>
    }

    let clock: ProtocolClock
    /// The tasks; no one is called while it is locked.
    let state = Mutex(TaskBoardState())
    private let jobs: AsyncStream<Job>
    private let jobInput: AsyncStream<Job>.Continuation

    private static let timeToLive = Duration.seconds(600)
    private static let timeToLiveMax = Duration.seconds(3_600)
    private static let pollInterval = Duration.milliseconds(200)
    private static let tasksMax = 1_000

    init(clock: ProtocolClock) {
        self.clock = clock
        (jobs, jobInput) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(Self.tasksMax))
    }

    /// Does the work of all tasks, until cancelled.
    func run() async {
        await withDiscardingTaskGroup { group in
            for await job in jobs {
                group.addTask { await self.perform(job) }
            }
        }
    }

    /// Makes a task; it can be looked up before this returns.
    func create(for context: CallContext, _ work: @escaping Work) throws -> TaskView {
        let now = clock.now()
        let id =
            "task_" + String(UInt64.random(in: .min ... .max), radix: 36)
            + String(UInt64.random(in: .min ... .max), radix: 36)
        let view = TaskView(
            id: id, state: .working, createdAt: now, updatedAt: now,
            timeToLive: Self.timeToLive(context.taskMode), pollInterval: Self.pollInterval)
        let (stop, stopInput) = AsyncStream<Void>.makeStream()
        try state.withLock { state in
            state.removeExpired(at: now)
            guard state.records.count < Self.tasksMax else { throw RPCError.internalError() }
            state.records[id] = TaskRecord(view: view, owner: context.principal)
            state.order.append(id)
            state.stops[id] = stopInput
        }
        jobInput.yield(Job(id: id, work: work, stop: stop))
        return view
    }

    private static func timeToLive(_ mode: TaskMode) -> Duration {
        guard case .requested(let wanted?) = mode else { return timeToLive }
        return min(max(wanted, .seconds(1)), timeToLiveMax)
    }
}
