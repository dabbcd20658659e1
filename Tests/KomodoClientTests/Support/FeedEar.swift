import Crypto
import FoundationEssentials
import ScriptedHTTP
import Synchronization
import Testing

@testable import KomodoClient

/// Hears a feed and remembers what it told.
final class FeedEar: Sendable {
    private let heard = Mutex<[FeedNews]>([])

    /// Everything, oldest first.
    var news: [FeedNews] { heard.withLock { $0 } }
    /// The hints among it.
    var hints: [UpdateHint] {
        news.compactMap { if case .told(let hint) = $0 { hint } else { nil } }
    }
    /// How often a connection began.
    var openings: Int { news.count { $0 == .opened } }
    /// Why connections ended or did not come about.
    var losses: [KomodoError] {
        news.compactMap { if case .lost(let error) = $0 { error } else { nil } }
    }

    private func note(_ news: FeedNews) { heard.withLock { $0.append(news) } }

    /// Runs `body` while a client's feed is heard.
    static func listening<Value>(
        to client: CoreKomodo, _ body: (FeedEar) async throws -> Value
    ) async throws -> Value {
        let ear = FeedEar()
        let feed = try #require(client.updateFeed)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await feed.run { ear.note($0) } }
            defer { group.cancelAll() }
            return try await body(ear)
        }
    }
}

/// The bytes of a websocket's other side.
enum SocketBytes {
    /// A frame of a server.
    static func frame(
        _ opcode: UInt8, _ text: String = "", isLast: Bool = true
    ) -> ScriptedServer.Action {
        let payload = Array(text.utf8)
        var bytes: [UInt8] = [isLast ? 0x80 | opcode : opcode]
        if payload.count < 126 {
            bytes.append(UInt8(payload.count))
        } else {
            bytes += [126, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)]
        }
        return .bytes(bytes + payload)
    }

    /// A whole text.
    static func text(_ text: String) -> ScriptedServer.Action { frame(1, text) }

    /// An item of a list of updates.
    static func item(_ status: String, id: String = testID) -> String {
        #"{"id":"\#(id)","operation":"Deploy","status":"\#(status)"}"#
    }

    /// Agrees to a request for an upgrade.
    static func upgrade(_ request: ScriptedServer.Request) -> ScriptedServer.Action {
        let key = request.headers["sec-websocket-key"] ?? ""
        let digest = Insecure.SHA1.hash(
            data: Array("\(key)258EAFA5-E914-47DA-95CA-C5AB0DC85B11".utf8))
        return .send(
            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                + "Sec-WebSocket-Accept: \(Data(digest).base64EncodedString())\r\n\r\n")
    }

    /// Agrees to every upgrade and goes on with `actions`.
    static func script(_ actions: ScriptedServer.Action...) -> ScriptedServer.Script {
        .init(onRequest: { [upgrade($0)] + actions })
    }

    /// The frames of a client, unmasked; those without a mask are left out.
    static func frames(of bytes: [UInt8]) -> [(opcode: UInt8, text: String)] {
        var frames: [(opcode: UInt8, text: String)] = []
        var rest = bytes[...]
        while rest.count >= 6 {
            let start = rest.startIndex
            var length = Int(rest[start + 1] & 0x7F)
            var body = start + 2
            if length == 126 {
                length = Int(rest[start + 2]) << 8 | Int(rest[start + 3])
                body += 2
            }
            guard rest.endIndex - body >= length + 4 else { break }
            let mask = Array(rest[body..<body + 4])
            let payload = rest[(body + 4)..<(body + 4 + length)].enumerated()
                .map { $0.element ^ mask[$0.offset % 4] }
            if rest[start + 1] & 0x80 != 0 {
                frames.append((rest[start] & 0x0F, String(decoding: payload, as: UTF8.self)))
            }
            rest = rest[(body + 4 + length)...]
        }
        return frames
    }
}
