// The part of xterm.js's Terminal that the tests read.

export interface Terminal {
  buffer: {
    active: {
      length: number;
      getLine(index: number): { isWrapped: boolean; translateToString(trimRight: boolean): string } | undefined;
    };
  };
}
