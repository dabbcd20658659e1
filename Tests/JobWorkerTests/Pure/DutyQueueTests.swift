import Testing

@testable import JobWorker

/// How many duties are carried out at once, and in which order.
@Suite(.timeLimit(.minutes(2)))
struct DutyQueueTests {
    private static let first = Backoff(from: .seconds(1), to: .seconds(3))

    private static func duty(_ kind: Duty.Kind, _ job: Int64, lease: Int64 = 1) -> Duty {
        Duty(kind, job: job, leaseNumber: lease)
    }

    private static func queue(_ duties: [Duty]) -> DutyQueue {
        var queue = DutyQueue()
        for duty in duties { queue.add(duty) }
        return queue
    }

    /// Begins whatever has a place.
    private static func begin(_ queue: inout DutyQueue) -> [Duty] {
        var begun: [Duty] = []
        while let duty = queue.begin() { begun.append(duty) }
        return begun
    }

    @Test(arguments: [
        (Duty.Kind.reconcile, DutyQueue.reconciliationsMax),
        (.verify, DutyQueue.verificationsMax), (.recover, DutyQueue.recoveriesMax),
        (.cancel, DutyQueue.cancelsMax),
    ])
    func onlySoManyOfAKindAreUnderWayAndTheOthersWaitInOrder(kind: Duty.Kind, most: Int) {
        let duties = (0..<Int64(most + 3)).map { Self.duty(kind, $0) }
        var queue = Self.queue(duties)
        #expect(Self.begin(&queue) == Array(duties[..<most]))
        queue.end(duties[2])
        #expect(Self.begin(&queue) == [duties[most]])
        for duty in duties { if duty != duties[2] { queue.end(duty) } }
        #expect(Self.begin(&queue) == Array(duties[(most + 1)...]))
    }

    @Test func aCancelPassesJobsThatAreReconciled() {
        let reconciled = (0..<1_000).map { Self.duty(.reconcile, $0) }
        var queue = Self.queue(reconciled)
        #expect(Self.begin(&queue).count == DutyQueue.reconciliationsMax)
        let others: [Duty] = [
            Self.duty(.verify, 5_000), Self.duty(.recover, 5_001), Self.duty(.cancel, 5_002),
        ]
        for duty in others { queue.add(duty) }
        #expect(Set(Self.begin(&queue)) == Set(others))
    }

    @Test func aDutyIsThereOnce() {
        var queue = Self.queue([Self.duty(.reconcile, 1), Self.duty(.reconcile, 1)])
        let begun = Self.begin(&queue)
        #expect(begun.count == 1)
        queue.add(begun[0])
        #expect(queue.begin() == nil)
        // Of another lease, or of another kind, it is another one.
        queue.add(Self.duty(.reconcile, 1, lease: 2))
        queue.add(Self.duty(.cancel, 1))
        #expect(Self.begin(&queue).count == 2)
        queue.end(begun[0])
        queue.add(begun[0])
        #expect(queue.begin() == begun[0])
    }

    @Test func whatGivesTroubleLeavesItsPlaceAndComesBackAtTheEnd() {
        let most = DutyQueue.recoveriesMax
        let duties = (0..<Int64(most + 2)).map { Self.duty(.recover, $0) }
        var queue = Self.queue(duties)
        _ = Self.begin(&queue)
        #expect(queue.rest(duties[0], Self.first) == .seconds(1))
        #expect(Self.begin(&queue) == [duties[most]])
        // It is known while it rests.
        queue.add(duties[0])
        queue.end(duties[1])
        #expect(Self.begin(&queue) == [duties[most + 1]])
        queue.end(duties[2])
        queue.resume(duties[0])
        #expect(Self.begin(&queue) == [duties[0]])
        #expect(queue.rest(duties[0], Self.first) == .seconds(2))
        queue.resume(duties[0])
        #expect(Self.begin(&queue) == [duties[0]])
        #expect(queue.rest(duties[0], Self.first) == .seconds(3))
        queue.resume(duties[0])
        _ = Self.begin(&queue)
        queue.end(duties[0])
        queue.add(duties[0])
        #expect(Self.begin(&queue) == [duties[0]])
        #expect(queue.rest(duties[0], Self.first) == .seconds(1))
    }
}
