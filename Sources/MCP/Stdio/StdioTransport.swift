private import JSON
private import Logging
private import NIOPosix

/// One session over two descriptors, one JSON text per line.
///
/// Reading and writing block on threads of their own; there is one writer, which writes whole
/// frames in order. A client that does not read makes the calls wait, and then the reading.
package final class StdioTransport: Sendable {
    private enum Event {
        /// Every call has been answered after the end of the input.
        case callsEnded
        case writerEnded
        case servingEnded
        /// The end of the input is ``ProtocolLimits/flushTimeout`` ago.
        case flushTimeRanOut
    }

    private let session: Session
    private let input: Wakeable
    private let output: Wakeable
    private let queue: FrameQueue
    private let inputEnded = Signal()

    /// - Parameters:
    ///   - session: of kind ``Session/Kind/connection``.
    ///   - input: the descriptor to read, normally 0; it stays open.
    ///   - output: the descriptor to write, normally 1; it stays open.
    /// - Throws: when no pipe can be made.
    package init(session: Session, input: Int32 = 0, output: Int32 = 1) throws {
        self.session = session
        self.input = try Wakeable(input)
        self.output = try Wakeable(output)
        let limits = session.definition.limits
        queue = FrameQueue(
            framesMax: limits.writeBacklogMax, bytesMax: limits.writeBacklogBytesMax)
    }

    /// Serves until the input ends, the output breaks, or ``stop()`` is called.
    ///
    /// At the end of the input calls have ``ProtocolLimits/flushTimeout`` to answer. Cancelling
    /// the surrounding task ends at once.
    package func run() async {
        let threads = NIOThreadPool(numberOfThreads: 2)
        threads.start()
        await withTaskCancellationHandler {
            await converse(threads)
        } onCancel: {
            input.wake()
            output.wake()
            queue.abandon()
        }
        session.abandon()
        do {
            try await threads.shutdownGracefully()
        } catch {
            session.definition.logger.warning(
                "The threads of the stdio transport did not end",
                metadata: ["error.message": "\(error)"])
        }
    }

    /// Ends as if the input had: no more is read, calls may still answer for a moment.
    package func stop() {
        input.wake()
        // The reader may be waiting for a client that does not read.
        inputEnded.end()
    }

    private func converse(_ threads: NIOThreadPool) async {
        let limits = session.definition.limits
        let clock = session.definition.clock
        await withTaskGroup(of: Event.self) { group in
            group.addTask {
                await self.read(threads, limits)
                return .callsEnded
            }
            group.addTask {
                await self.write(threads)
                return .writerEnded
            }
            group.addTask {
                await self.session.serve { await self.send($0) }
                return .servingEnded
            }
            group.addTask {
                await self.inputEnded.waitForEnd()
                _ = await clock.pause(limits.flushTimeout)
                return .flushTimeRanOut
            }
            for await event in group {
                switch event {
                case .servingEnded: continue
                case .callsEnded: queue.close()
                case .writerEnded, .flushTimeRanOut:
                    group.cancelAll()
                    input.wake()
                    output.wake()
                    queue.abandon()
                }
            }
        }
    }

    /// Reads frames and runs what they ask for; returns when the input has ended and the calls.
    private func read(_ threads: NIOThreadPool, _ limits: ProtocolLimits) async {
        await withDiscardingTaskGroup { calls in
            var reader = FrameReader(bytesMax: limits.frameBytesMax)
            do {
                while let bytes = try await self.nextBytes(threads) {
                    for found in reader.take(bytes) { await self.take(found, limits, &calls) }
                }
                if let found = reader.finish() { await self.take(found, limits, &calls) }
            } catch {
                // After ``stop()``, or when the input breaks, the rest of a line is no frame.
            }
            self.session.endInput()
            self.inputEnded.end()
        }
    }

    private func take(
        _ found: FrameReader.Found, _ limits: ProtocolLimits,
        _ calls: inout DiscardingTaskGroup
    ) async {
        let inbound =
            switch found {
            case .frame(let frame): Inbound(parsing: frame, limits: limits)
            case .oversized: Inbound.oversized(limits: limits)
            }
        switch session.receive(inbound) {
        case .nothing: break
        case .reply(let reply): await send(reply)
        case .call(let call):
            calls.addTask { await call.run { await self.send($0) } }
        }
    }

    private static let chunkBytes = 64 << 10

    /// The next bytes; nil at the end of the input.
    private func nextBytes(_ threads: NIOThreadPool) async throws -> [UInt8]? {
        let input = input
        return try await threads.runIfActive { try input.read(upTo: Self.chunkBytes) }
    }

    private func send(_ message: Outgoing) async {
        var frame = Array(message.json.serialized().utf8)
        frame.append(UInt8(ascii: "\n"))
        await queue.send(frame)
    }

    private func write(_ threads: NIOThreadPool) async {
        let output = output
        while let frames = await queue.next() {
            do {
                try await threads.runIfActive { try output.write(frames) }
            } catch {
                session.definition.logger.info(
                    "The client reads no more", metadata: ["error.message": "\(error)"])
                return
            }
        }
    }
}
