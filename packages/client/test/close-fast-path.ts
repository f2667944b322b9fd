// Before the client is loaded: every call takes the SDK's own way.
Reflect.set(globalThis, Symbol.for('@aoai/client.fastPath'), 'closed');
