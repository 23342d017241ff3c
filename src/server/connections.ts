import type { Server } from "node:http";
import type { Socket } from "node:net";

/**
 * Watches which connections have no request in progress, and returns a function that ends those. Node's
 * own closeIdleConnections spares the ones that never sent a request, which browsers and pools keep in stock.
 */
export function watchConnections(server: Server): () => void {
  const idle = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    idle.add(socket);
    socket.once("close", () => idle.delete(socket));
  });
  server.on("request", ({ socket }, response) => {
    idle.delete(socket);
    response.once("close", () => socket.destroyed || idle.add(socket));
  });
  return () => {
    for (const socket of idle) socket.destroy();
  };
}
