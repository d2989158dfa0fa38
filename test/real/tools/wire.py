#!/usr/bin/env python3
"""wire.py LISTEN TARGET DELAY: a TCP cable with latency between two loopback ports.

What one side sends, and its close, reaches the other side DELAY seconds later.
"""
import asyncio
import sys

LISTEN, TARGET, DELAY = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])


async def carry(reader, writer):
    loop = asyncio.get_running_loop()
    while True:
        try:
            piece = await reader.read(65536)
        except OSError:
            piece = b""
        loop.call_later(DELAY, deliver, writer, piece)
        if not piece:
            return


def deliver(writer, piece):
    if writer.is_closing():
        return
    if piece:
        writer.write(piece)
    else:
        writer.close()


async def connect(reader, writer):
    try:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", TARGET)
    except OSError:
        writer.close()
        return
    await asyncio.gather(carry(reader, far_writer), carry(far_reader, writer))


async def main():
    server = await asyncio.start_server(connect, "127.0.0.1", LISTEN)
    print("Listening on TCP", LISTEN, flush=True)
    await server.serve_forever()


asyncio.run(main())
