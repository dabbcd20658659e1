import Jobs
import Testing

@Suite(.timeLimit(.minutes(2)))
struct BacklogTests {
    @Test func whatWaitsKeepsItsOrder() {
        var backlog = Backlog<Int>()
        var (next, taken) = (0, [Int]())
        for round in 0..<50 {
            for _ in 0..<(round % 7) {
                backlog.append(next)
                next += 1
            }
            taken += backlog.take(round % 5)
            #expect(backlog.count == next - taken.count)
        }
        taken += backlog.take(1_000)
        #expect(taken == Array(0..<next))
        #expect(backlog.count == 0 && backlog.take(1).isEmpty)
    }
}
