#include "textflag.h"

// func sendForSSE(weights *float32, stride, columns int, places *int32, n int)
TEXT ·sendForSSE(SB), NOSPLIT, $0-40
	MOVQ weights+0(FP), SI
	MOVQ stride+8(FP), R8
	MOVQ columns+16(FP), R9
	MOVQ places+24(FP), BX
	MOVQ n+32(FP), CX
	SHLQ $2, R8

row:
	TESTQ CX, CX
	JLE  done
	MOVLQSX (BX), R10
	IMULQ R8, R10
	ADDQ SI, R10
	LEAQ (R10)(R9*4), R11

line:
	PREFETCHT0 (R10)
	ADDQ $64, R10
	CMPQ R10, R11
	JLT  line
	ADDQ $4, BX
	DECQ CX
	JMP  row

done:
	RET

// func dotRowsFMA(rows, query *float32, dimension int, places *int32, n int, dots *float32)
//
// The products of each row are summed in the order of vek32.Dot, so that the dots are the same bit for bit.
TEXT ·dotRowsFMA(SB), NOSPLIT, $0-48
	MOVQ rows+0(FP), SI
	MOVQ query+8(FP), DI
	MOVQ dimension+16(FP), DX
	MOVQ places+24(FP), BX
	MOVQ n+32(FP), CX
	MOVQ dots+40(FP), R9
	MOVQ DX, R8
	SHLQ $2, R8    // bytes of a row
	MOVQ DX, R11
	ANDQ $-32, R11

row:
	TESTQ CX, CX
	JLE  done
	MOVLQSX (BX), R10
	IMULQ R8, R10
	ADDQ SI, R10
	XORQ AX, AX
	VXORPS X0, X0, X0
	CMPQ DX, $32
	JLT  one
	VXORPS X1, X1, X1
	VXORPS X2, X2, X2
	VXORPS X3, X3, X3

many:
	VMOVUPS (DI)(AX*4), Y4
	VMOVUPS 32(DI)(AX*4), Y5
	VMOVUPS 64(DI)(AX*4), Y6
	VMOVUPS 96(DI)(AX*4), Y7
	VFMADD231PS (R10)(AX*4), Y4, Y0
	VFMADD231PS 32(R10)(AX*4), Y5, Y1
	VFMADD231PS 64(R10)(AX*4), Y6, Y2
	VFMADD231PS 96(R10)(AX*4), Y7, Y3
	ADDQ $32, AX
	CMPQ AX, R11
	JLT  many
	VADDPS Y0, Y1, Y0
	VADDPS Y0, Y2, Y0
	VADDPS Y0, Y3, Y0
	VEXTRACTF128 $1, Y0, X1
	VADDPS X1, X0, X0
	VPERMILPD $1, X0, X1
	VADDPS X1, X0, X0
	VMOVSHDUP X0, X1
	VADDSS X1, X0, X0

one:
	CMPQ AX, DX
	JGE  next
	VMOVSS (DI)(AX*4), X1
	VFMADD231SS (R10)(AX*4), X1, X0
	INCQ AX
	JMP  one

next:
	VMOVSS X0, (R9)
	ADDQ $4, BX
	ADDQ $4, R9
	DECQ CX
	JMP  row

done:
	VZEROUPPER
	RET

// func reachAVX2(x *float32, floor float32) uint32
TEXT ·reachAVX2(SB), NOSPLIT, $0-20
	MOVQ x+0(FP), SI
	VBROADCASTSS floor+8(FP), Y8
	VMOVUPS (SI), Y0
	VMOVUPS 32(SI), Y1
	VMOVUPS 64(SI), Y2
	VMOVUPS 96(SI), Y3
	VCMPPS $5, Y8, Y0, Y0 // not less than
	VCMPPS $5, Y8, Y1, Y1
	VCMPPS $5, Y8, Y2, Y2
	VCMPPS $5, Y8, Y3, Y3
	VMOVMSKPS Y0, AX
	VMOVMSKPS Y1, BX
	VMOVMSKPS Y2, CX
	VMOVMSKPS Y3, DX
	SHLL $8, BX
	SHLL $16, CX
	SHLL $24, DX
	ORL  BX, AX
	ORL  DX, CX
	ORL  CX, AX
	MOVL AX, ret+16(FP)
	VZEROUPPER
	RET
