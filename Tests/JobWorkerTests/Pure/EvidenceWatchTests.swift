import Jobs
import Testing

@testable import JobWorker

/// What reads after a lost submission prove.
@Suite(.timeLimit(.minutes(2)))
struct EvidenceWatchTests {
    /// What one read came to.
    enum Read: CaseIterable { case nothing, one, two, failure }

    private static let grace: Duration = .milliseconds(30)
    private static let steps: [Int64] = [5, 30]

    private func expect(
        _ found: EvidenceWatch.Verdict, _ wanted: EvidenceWatch.Verdict,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(found == wanted, sourceLocation: sourceLocation)
    }

    /// Every sequence of six reads, at every short and long distance, with two beginnings.
    @Test
    func absenceNeedsAWholeGraceOfReadsWithoutAFailure() {
        var checked = 0
        var absent = 0
        func walk(
            _ watch: EvidenceWatch, now: Int64, cleanSince: Int64?, depth: Int
        ) {
            guard depth < 6 else { return }
            for read in Read.allCases {
                for step in Self.steps {
                    var watch = watch
                    let start = now + step
                    checked += 1
                    switch read {
                    case .failure:
                        watch.failed()
                        walk(watch, now: start, cleanSince: nil, depth: depth + 1)
                    case .one:
                        expect(watch.saw(["a"], start: start), .found("a"))
                    case .two:
                        let isSettled = start >= watch.quietFrom + Self.grace.inMilliseconds
                        expect(
                            watch.saw(["a", "b"], start: start),
                            isSettled ? .ambiguous(["a", "b"]) : .undecided)
                        if isSettled { continue }
                        walk(watch, now: start, cleanSince: nil, depth: depth + 1)
                    case .nothing:
                        let since = start < watch.quietFrom ? nil : cleanSince ?? start
                        let isProven =
                            since.map { start - $0 >= Self.grace.inMilliseconds } ?? false
                        let verdict = watch.saw([], start: start)
                        #expect(verdict == (isProven ? .absent : .undecided))
                        if verdict == .absent { absent += 1 }
                        guard verdict == .undecided else { continue }
                        walk(watch, now: start, cleanSince: since, depth: depth + 1)
                    }
                }
            }
        }
        for quietFrom in [Int64(0), 12, 40] {
            walk(
                EvidenceWatch(quietFrom: quietFrom, grace: Self.grace), now: 0, cleanSince: nil,
                depth: 0)
        }
        #expect(checked > 10_000 && absent > 100)
    }

    @Test
    func readsBeforeTheSenderIsQuietProveNoAbsence() {
        var watch = EvidenceWatch(quietFrom: 1_000, grace: .milliseconds(100))
        for moment in stride(from: Int64(0), to: 1_000, by: 50) {
            expect(watch.saw([], start: moment), .undecided)
        }
        expect(watch.saw([], start: 1_000), .undecided)
        expect(watch.saw([], start: 1_099), .undecided)
        expect(watch.saw([], start: 1_100), .absent)
    }

    @Test
    func anUpdateIsFoundEvenWhileTheSenderMayStillSend() {
        var watch = EvidenceWatch(quietFrom: 1_000, grace: .milliseconds(100))
        expect(watch.saw(["a"], start: 0), .found("a"))
    }

    @Test
    func severalCandidatesEndNothingWhileARequestMayTravel() {
        var watch = EvidenceWatch(quietFrom: 1_000, grace: .milliseconds(100))
        expect(watch.saw(["a", "b"], start: 1_099), .undecided)
        expect(watch.saw(["a", "b"], start: 1_100), .ambiguous(["a", "b"]))
    }

    @Test
    func theGraceBeginsAnewWhenSeveralCandidatesVanish() {
        var watch = EvidenceWatch(quietFrom: 1_000, grace: .milliseconds(100))
        expect(watch.saw([], start: 1_000), .undecided)
        expect(watch.saw(["a", "b"], start: 1_050), .undecided)
        expect(watch.saw([], start: 1_100), .undecided)
        expect(watch.saw([], start: 1_200), .absent)
    }

    @Test
    func withoutAGraceOneReadIsEnough() {
        var watch = EvidenceWatch(quietFrom: 10, grace: .zero)
        expect(watch.saw([], start: 9), .undecided)
        expect(watch.saw([], start: 10), .absent)
    }
}
