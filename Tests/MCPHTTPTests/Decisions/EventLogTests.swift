internal import Testing

@testable import MCPHTTP

@Suite(.timeLimit(.minutes(2)))
struct EventLogTests {
    private static let bounds = EventLog.Bounds(count: 3, bytes: 10, age: .seconds(60))

    private static func log(_ texts: [String], isFollowed: Bool = false) -> EventLog {
        var log = EventLog(bounds: bounds)
        for text in texts { log.append(text, at: .zero, isFollowed: isFollowed) }
        return log
    }

    @Test func eventsAreTakenOnceAndKept() {
        var log = Self.log(["a", "b"])
        #expect(log.takeUnsent(at: .zero).map(\.text) == ["a", "b"])
        #expect(log.takeUnsent(at: .zero).isEmpty)
        #expect(log.events.map(\.number) == [1, 2])
    }

    @Test func aClientComesBackBehindWhatItSaw() {
        var log = Self.log(["a", "b", "c"])
        _ = log.takeUnsent(at: .zero)
        #expect(log.resume(after: 1) == true)
        #expect(log.unsentCount == 2)
        #expect(log.takeUnsent(at: .zero).map(\.text) == ["b", "c"])
        #expect(log.resume(after: 0) == true)
        #expect(log.takeUnsent(at: .zero).count == 3)
        #expect(log.resume(after: 4) == false)
    }

    @Test func countIsBounded() {
        var log = Self.log(["a", "b", "c", "d", "e"])
        #expect(log.events.map(\.text) == ["c", "d", "e"])
        #expect(log.resume(after: 0) == true)
        #expect(log.unsentCount == 3)
    }

    @Test func bytesAreBoundedBesideTheNewest() {
        let log = Self.log(["12345678", "123456", String(repeating: "x", count: 50)])
        #expect(log.events.map(\.text.count) == [6, 50])
        #expect(log.bytes == 56)
    }

    @Test func ageIsBounded() {
        var log = Self.log(["a"])
        log.append("b", at: .seconds(50), isFollowed: false)
        log.trim(at: .seconds(61), isFollowed: false)
        #expect(log.events.map(\.text) == ["b"])
        log.trim(at: .seconds(111), isFollowed: false)
        #expect(log.events.isEmpty && log.bytes == 0 && log.unsentCount == 0)
    }

    @Test func nothingUnsentIsDroppedWhileAClientListens() {
        var log = Self.log((0..<20).map { "event \($0)" }, isFollowed: true)
        log.trim(at: .seconds(100), isFollowed: true)
        #expect(log.unsentCount == 20)
        #expect(log.takeUnsent(at: .zero).count == 20)
        #expect(log.events.count <= 3)
    }

    @Test func alogThatKeepsNothingForgetsWhatWasTaken() {
        var log = EventLog(bounds: EventLog.Bounds(count: 0, bytes: 0, age: .seconds(60)))
        for text in ["a", "b"] { log.append(text, at: .zero, isFollowed: true) }
        #expect(log.takeUnsent(at: .zero).map(\.text) == ["a", "b"])
        #expect(log.events.isEmpty)
        #expect(log.bytes == 0)
    }

    @Test(arguments: ["", "1", "1-", "-1", "a-1", "1-2-3", "+1-2", "1234567890123-1", "1- 2"])
    func otherTextsAreNoEventIDs(text: String) {
        #expect(EventID(text) == nil)
    }

    @Test func eventIDsReadWhatTheyWrite() {
        let id = EventID(stream: 12, number: 0)
        #expect(EventID(id.text) == id)
    }

    @Test func eventsLookAsTheStandardSays() {
        let id = EventID(stream: 1, number: 2)
        #expect(EventText.message("{}", id: id) == "event: message\nid: 1-2\ndata: {}\n\n")
        #expect(EventText.message("{}", id: nil) == "event: message\ndata: {}\n\n")
        #expect(
            EventText.opening(id: id, retry: .milliseconds(1_500))
                == "id: 1-2\nretry: 1500\ndata: \n\n")
        #expect(EventText.farewell(retry: .seconds(1)) == "retry: 1000\n\n")
    }
}

@Suite(.timeLimit(.minutes(2)))
struct PaceTests {
    private static func pace() -> Pace { Pace(keepAliveInterval: .seconds(20), now: .zero) }

    @Test func aSilentStreamOwesOneCommentAnInterval() {
        var pace = Self.pace()
        #expect(pace.wait(at: .seconds(5)) == .seconds(15))
        #expect(pace.isCommentDue(at: .seconds(19)) == false)
        #expect(pace.isCommentDue(at: .seconds(20)) == true)
        #expect(pace.isCommentDue(at: .seconds(21)) == false)
        #expect(pace.takeComment() == true)
        #expect(pace.takeComment() == false)
        #expect(pace.wait(at: .seconds(21)) == .seconds(19))
    }

    @Test func aWritePutsTheCommentOff() {
        var pace = Self.pace()
        pace.wrote(at: .seconds(11))
        #expect(pace.isCommentDue(at: .seconds(20)) == false)
        #expect(pace.isCommentDue(at: .seconds(31)) == true)
        pace.wrote(at: .seconds(32))
        #expect(pace.takeComment() == false)
    }
}
