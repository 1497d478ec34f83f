#include "textflag.h"

// func addRowsAVX2(dst, weights *float32, places *int32, values *float32, n, stride, columns int)
//
// Where places is nil, it is the first n rows. Multiplication and addition are rounded one after the other, as Go does it, and a column's rows are added in their order, so that
// the sums are those of the loop in Go.
TEXT ·addRowsAVX2(SB), NOSPLIT, $0-56
	MOVQ dst+0(FP), DI
	MOVQ weights+8(FP), SI
	MOVQ places+16(FP), BX
	MOVQ values+24(FP), CX
	MOVQ n+32(FP), DX
	MOVQ stride+40(FP), R8
	MOVQ columns+48(FP), R9
	SHLQ $2, R8

wide: // 32 columns
	CMPQ R9, $32
	JLT  narrow
	VMOVUPS (DI), Y0
	VMOVUPS 32(DI), Y1
	VMOVUPS 64(DI), Y2
	VMOVUPS 96(DI), Y3
	XORQ AX, AX

wideRow:
	CMPQ AX, DX
	JGE  wideDone
	MOVQ AX, R10
	TESTQ BX, BX
	JZ   widePlace
	MOVLQSX (BX)(AX*4), R10

widePlace:
	IMULQ R8, R10
	VBROADCASTSS (CX)(AX*4), Y8
	VMULPS (SI)(R10*1), Y8, Y4
	VMULPS 32(SI)(R10*1), Y8, Y5
	VMULPS 64(SI)(R10*1), Y8, Y6
	VMULPS 96(SI)(R10*1), Y8, Y7
	VADDPS Y4, Y0, Y0
	VADDPS Y5, Y1, Y1
	VADDPS Y6, Y2, Y2
	VADDPS Y7, Y3, Y3
	INCQ AX
	JMP  wideRow

wideDone:
	VMOVUPS Y0, (DI)
	VMOVUPS Y1, 32(DI)
	VMOVUPS Y2, 64(DI)
	VMOVUPS Y3, 96(DI)
	ADDQ $128, DI
	ADDQ $128, SI
	SUBQ $32, R9
	JMP  wide

narrow: // 4 columns
	CMPQ R9, $4
	JLT  done
	VMOVUPS (DI), X0
	XORQ AX, AX

narrowRow:
	CMPQ AX, DX
	JGE  narrowDone
	MOVQ AX, R10
	TESTQ BX, BX
	JZ   narrowPlace
	MOVLQSX (BX)(AX*4), R10

narrowPlace:
	IMULQ R8, R10
	VBROADCASTSS (CX)(AX*4), X8
	VMULPS (SI)(R10*1), X8, X4
	VADDPS X4, X0, X0
	INCQ AX
	JMP  narrowRow

narrowDone:
	VMOVUPS X0, (DI)
	ADDQ $16, DI
	ADDQ $16, SI
	SUBQ $4, R9
	JMP  narrow

done:
	VZEROUPPER
	RET
