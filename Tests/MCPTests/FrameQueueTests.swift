@testable import MCP
import TestSupport
import Testing

/// Frames that wait for the one writer.
@Suite(.timeLimit(.minutes(2)))
struct FrameQueueTests {
    private static func frame(_ letter: Character, _ count: Int) -> [UInt8] {
        Array(String(repeating: letter, count: count).utf8)
    }

    /// Sends frames from tasks of their own and takes them when so many senders have to wait.
    private func taken(
        _ frames: [[UInt8]], _ queue: FrameQueue, whenWaiting count: Int
    ) async throws -> [String] {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (number, frame) in frames.enumerated() {
                group.addTask { await queue.send(frame) }
                // One after the other, so that their order is known.
                let waiting = max(0, number + 1 - (frames.count - count))
                let isThere = try await eventually(within: .seconds(20)) {
                    queue.senderCount == waiting
                }
                #expect(isThere, "\(queue.senderCount) wait and not \(waiting)")
            }
            var taken: [String] = []
            var length = 0
            while length < frames.joined().count, let bytes = await queue.next() {
                length += bytes.count
                taken.append(String(decoding: bytes, as: UTF8.self))
            }
            return taken
        }
    }

    @Test func sendersWaitBeyondTheBytes() async throws {
        let queue = FrameQueue(framesMax: 100, bytesMax: 10)
        let frames = [Self.frame("a", 6), Self.frame("b", 5), Self.frame("c", 5)]
        #expect(
            try await taken(frames, queue, whenWaiting: 2)
                == ["aaaaaa", "bbbbbccccc"])
    }

    @Test func nobodyOvertakesALongerFrame() async throws {
        let queue = FrameQueue(framesMax: 100, bytesMax: 10)
        let frames = [Self.frame("a", 6), Self.frame("b", 20), Self.frame("c", 1)]
        #expect(
            try await taken(frames, queue, whenWaiting: 2)
                == ["aaaaaa", String(repeating: "b", count: 20), "c"])
    }

    @Test func sendersWaitBeyondTheNumber() async throws {
        let queue = FrameQueue(framesMax: 2, bytesMax: 1_000)
        let frames = "abcd".map { Self.frame($0, 1) }
        #expect(try await taken(frames, queue, whenWaiting: 2) == ["ab", "cd"])
    }

    @Test func whatWaitsIsWrittenAfterTheEnd() async throws {
        let queue = FrameQueue(framesMax: 100, bytesMax: 3)
        try await withThrowingTaskGroup(of: Void.self) { group async throws in
            for letter in "abc" as String {
                group.addTask { await queue.send(Self.frame(letter, 3)) }
            }
            #expect(try await eventually { queue.senderCount == 2 })
            queue.close()
            var count = 0
            while let bytes = await queue.next() { count += bytes.count }
            #expect(count == 9)
        }
    }
}
