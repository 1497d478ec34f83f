#include "textflag.h"

// func stepAVX2(row, gradient *float32, columns int, keep, move float32)
//
// row = row * keep - move * gradient, rounded after each operation, as Go does it.
TEXT ·stepAVX2(SB), NOSPLIT, $0-32
	MOVQ row+0(FP), DI
	MOVQ gradient+8(FP), SI
	MOVQ columns+16(FP), CX
	VBROADCASTSS keep+24(FP), Y8
	VBROADCASTSS move+28(FP), Y9

eight:
	CMPQ CX, $8
	JLT  four
	VMULPS (DI), Y8, Y0
	VMULPS (SI), Y9, Y1
	VSUBPS Y1, Y0, Y0
	VMOVUPS Y0, (DI)
	ADDQ $32, DI
	ADDQ $32, SI
	SUBQ $8, CX
	JMP  eight

four:
	CMPQ CX, $4
	JLT  done
	VMULPS (DI), X8, X0
	VMULPS (SI), X9, X1
	VSUBPS X1, X0, X0
	VMOVUPS X0, (DI)
	ADDQ $16, DI
	ADDQ $16, SI
	SUBQ $4, CX
	JMP  four

done:
	VZEROUPPER
	RET
